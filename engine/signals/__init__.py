"""From a received body to a normalised signal, one folder per format."""
