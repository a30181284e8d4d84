# Sentences which the store itself writes into the log.
store-notice-torn = { $bytes } bytes of an unfinished line set aside after a crash (side/{ $file })
store-notice-step = the clock of this machine jumped by { $seconds } s
store-notice-segment = the disk could not confirm a write: the log goes on in { $file }
store-damaged-line = line { $number } of { $chain } cannot be read: damaged or altered, see "vigie verify"
