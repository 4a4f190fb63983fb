"""Emergency access: a file opened out of turn, with a reason, an alert and a review."""
