# Words common to all rooms.
