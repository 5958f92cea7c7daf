"""What happens before a handler: who asks, how often, and what they may."""
