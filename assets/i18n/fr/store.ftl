# Phrases que le magasin écrit lui-même dans la main courante.
store-notice-torn = { $bytes } octets d'une ligne inachevée mis de côté après un arrêt brutal (side/{ $file })
store-notice-step = l'horloge de ce poste a sauté de { $seconds } s
store-notice-segment = une écriture n'a pas pu être confirmée par le disque : la main courante continue dans { $file }
store-damaged-line = ligne { $number } de { $chain } illisible : abîmée ou modifiée, voir « vigie verify »
