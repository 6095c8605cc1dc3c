"""What has been said: collecting it, cleaning it, telling copies apart, seeing which of it is one story."""
