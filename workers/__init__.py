"""What happens outside a request: jobs, the outbox's dispatcher, and what runs by the clock."""
