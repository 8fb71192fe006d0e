"""The one gate and its two doors: approvals, quotas, the outbox, and what a card says."""
