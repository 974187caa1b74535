"""What is wrapped round a step, one concern per file; ``ORDER`` says how far outside."""
