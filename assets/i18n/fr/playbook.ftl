# Fiches réflexes.
playbook-tally = { $done } sur { $of }{ $done ->
    [0] {""}
   *[other] , dont { $effective } { $effective ->
        [one] effective
       *[other] effectives
    }
}

playbook-owes-effect = pas effectif dans sa limite
playbook-owes-acknowledgement = mises en garde non acquittées
playbook-owes-signature = { $n } { $n ->
    [one] signature manque
   *[other] signatures manquent
}
playbook-owes-other-role = manque la signature d'un autre rôle
playbook-owes-director = manque la signature du directeur
playbook-owes-evidence = preuve manquante
playbook-owes-reason = motif manquant
playbook-owes-choice = choix non noté
playbook-owes-deferred = reportée, reste à faire

playbook-aborted = ABANDONNÉE : la liste de repli compte seule
playbook-ended = terminée
playbook-changed = un fichier plus récent existe : cette fiche reste celle de l'ouverture
playbook-expired = périmée : sa date de révision est passée
playbook-unexercised = pas exercée depuis un an
playbook-owed = { $n } { $n ->
    [one] dette
   *[other] dettes
}
playbook-last = dernière : { $time } { $step }
section-safe = LISTE DE REPLI
section-lane = couloir { $n } sur { $of }, il en faut { $needed }

step-deferred = reportée
step-backed-out = défaite
step-aside = hors voie
step-runs = en cours
step-until = jusqu'à : { $text }
step-branch = si { $when } → { $go }
step-gate = sortir : { $when } → { $go }
step-chosen = choisi : { $go }
step-elsewhere = fait dans la fiche « { $title } »
check-holds = vérifié : { $why } ({ $metric })
check-fails = AVANT : { $why } (non : { $metric })
check-unknown = À VÉRIFIER À LA MAIN, sans données ici ({ $metric }) ; sinon : { $why }

card-check = avant
card-read = à lire
card-read-not = préalable et mises en garde non acquittés
card-owed = dette
card-until = jusqu'à
card-aside = hors voie
card-sign-off = signatures
card-signed = signé par
card-refused = refusé par
card-chosen = choisi
card-elsewhere = fait dans la fiche
card-calls = appelle
card-contact = contact
card-rehearsed = répétée le
aside-branch = une autre branche a été choisie
aside-joined = les autres couloirs ont continué sans elle
aside-aborted = la fiche a été abandonnée
aside-safe = liste de repli : en cas d'abandon
called-no = pas ouverte
called-running = en cours
called-returned = finie : retour ici
way-suggested = proposé
way-not-suggested = pas proposé
way-unknown = sans données
proof-late = pas effectif dans sa limite : { $metric }
proof-until = jusqu'à { $time }

button-read = Lu : acquitter les mises en garde
button-ended = Terminé…
button-branch = { $when } → { $go }…
button-gate = Sortir : { $when } → { $go }…
button-otherwise = Sinon → { $go }…
button-call = Ouvrir la fiche qu'elle appelle
button-refuse = Refuser de signer…
button-evidence-text = Preuve : des mots…
button-evidence-number = Preuve : un chiffre…
button-evidence-board = Preuve : le tableau tel quel
button-evidence-file = Preuve : un fichier…
button-contact-reached = Appelé { $contact } : joint…
button-contact-missed = Appelé { $contact } : personne…
button-back-out = Retour arrière…
button-defer = Reporter…
button-whole-playbook = La fiche entière
button-run-end = Terminer la fiche…
button-run-abort = Abandonner : liste de repli…
button-run-resume = Reprendre la fiche…

input-step-choice = pourquoi cette branche
hint-step-choice = le motif ; vide : prise quand même, le motif reste dû
input-step-back-out = retour arrière
hint-step-back-out = ce qui a été défait, et pourquoi
input-step-text = preuve
hint-step-text = en mots
input-step-number = chiffre
hint-step-number = un chiffre et son unité : 82 %
input-step-file = fichier
hint-step-file = son chemin ; nom, longueur et empreinte sont gardés
input-playbook-run = pourquoi
hint-playbook-run = le motif
input-contact-call = appel
hint-contact-call = ce qui a été dit

why-no-board = pas encore de tableau
why-no-number = commencer par un chiffre : 82 %
why-no-file = le fichier ne peut pas être lu : { $error }
decision-choice = { $step } → { $go }

cli-playbook-check = vérifié avant : { $value }
cli-playbook-branch = branche : { $value }
cli-playbook-gate = sortie : { $value }
cli-playbook-calls = appelle : { $value }
cli-playbook-until = jusqu'à : { $value }
cli-playbook-hole = TROU : aucune fiche
cli-playbook-holes = { $n ->
    [0] chaque espèce de panne a une fiche
    [one] 1 espèce de panne sans fiche
   *[other] { $n } espèces de pannes sans fiche
}
playbook-import-translation = l'autre langue manque partout : chaque texte demande fr et en
playbook-import-about = `about` manque : quand s'en sert-on ?
playbook-import-validity = `valid_until` manque : jusqu'à quand est-elle valide ?
playbook-import-trigger = pas de [[trigger]] : rien ne la propose
playbook-import-owner = sans responsable : exploitation supposée
playbook-import-limit = sans limite
playbook-import-unread = un rôle ou une limite illisible ; gardé dans `note`
