"""Documents of strangers: their text, read in a child process whose memory and time are bounded."""
