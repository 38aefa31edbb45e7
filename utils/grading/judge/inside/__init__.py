"""What runs inside the sandbox. Nothing here knows a case, a solution or a verdict."""
