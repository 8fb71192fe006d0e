"""What HQ could write better: questions without an entry, drafts that staff rewrote, entries nobody needs."""
