# L'annuaire.
contacts-example = EXEMPLE : tout y est inventé, n'appelez personne. Votre annuaire va dans { $folder }
contacts-checked = { $all } contacts, dont { $stale } périmés ou jamais essayés
contacts-id = id
contacts-kind = sorte
contacts-role = rôle
contacts-organisation = organisation
contacts-means = moyens
contacts-owner = tenu par
contacts-tested = essayé
contacts-person = contact
contacts-substitute = substitution
contacts-backup = secours
contacts-fresh = { $day }
contacts-stale = { $day } PÉRIMÉ
contacts-unreached = { $day } SANS RÉPONSE
contacts-never = JAMAIS
