"""What results tell afterwards: equity over time, how far trades went, history from elsewhere."""
