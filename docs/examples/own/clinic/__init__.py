"""What this folder adds to sweepkit."""
