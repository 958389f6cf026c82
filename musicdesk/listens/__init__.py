"""What was listened to elsewhere: logs and libraries of other players, read and matched with this library."""
