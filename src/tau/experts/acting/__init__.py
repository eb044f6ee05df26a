"""What specialists do in a talk: plans are drawn and changed, documents begun and edited."""
