"""The studio's own example data: bookings of a restaurant, made by a grammar."""
