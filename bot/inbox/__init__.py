"""Updates on their way in: stored before they are confirmed, worked on in each user's order."""
