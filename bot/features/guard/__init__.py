"""What nobody else answers: pasted secrets, unknown words, old buttons, a blocked bot."""
