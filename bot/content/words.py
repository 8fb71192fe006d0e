"""HQ's nouns, for the verbs that may not import `knowledge` themselves."""

from knowledge.chain import Role, StaffMember, Store
from knowledge.content import Content
from knowledge.policy import Policy

__all__ = ["Content", "Policy", "Role", "StaffMember", "Store"]
