"""What the desktop of each system offers, without Qt: start at login, where instances meet, power, sleep."""
