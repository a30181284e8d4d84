# Replay: bookmarks, jumps.
act-bookmark = Bookmark
help-bookmark = ":bookmark NAME" marks this moment; without a name: the places of the record, Enter goes there
session-bookmark = bookmark: { $name }
bookmark-begin = beginning of the record
bookmark-end = end of the record
bookmark-awareness = awareness declared
bookmark-alarm = first alarm
bookmark-start = beginning of the incident
bookmark-none = There is no record to go through here: ":bookmark NAME" marks this moment for a replay.
jump-no-entry = the record has no entry { $number }: it has { $of }
jump-not-played = a number of an entry, or a bookmark, leads somewhere in a replay only
jump-outside = The record runs from { $from } to { $until }: the clock stands at its nearest end.
card-number = number
