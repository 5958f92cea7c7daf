"""The decision itself: step, plan and wants, pure."""
