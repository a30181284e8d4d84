# The directory.
contacts-example = EXAMPLE: everything in it is invented, call nobody. Your directory goes into { $folder }
contacts-checked = { $all } contacts, { $stale } of them stale or never tested
contacts-id = id
contacts-kind = kind
contacts-role = role
contacts-organisation = organisation
contacts-means = means
contacts-owner = kept by
contacts-tested = tested
contacts-person = contact
contacts-substitute = substitute
contacts-backup = back-up
contacts-fresh = { $day }
contacts-stale = { $day } STALE
contacts-unreached = { $day } NO ANSWER
contacts-never = NEVER
