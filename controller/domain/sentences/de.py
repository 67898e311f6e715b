"""German."""

from __future__ import annotations

from controller.domain.sentences.speech import Sentence, Speech

_SENTENCES: dict[str, Sentence] = {
    "sun": Sentence(
        "Sonne: {surplus_w:kW} Überschuss",
        "der Ladestrom folgt dem Überschuss; Ladestopp, wenn er länger unter {need_w:kW} liegt",
    ),
    "cloud": Sentence(
        "Wolke: {surplus_w:kW} Überschuss, nötig sind {need_w:kW}",
        "zum Laden sind {need_w:kW} Überschuss nötig",
    ),
    "no_sun": Sentence(
        "zu wenig Sonne: {surplus_w:kW} Überschuss, nötig sind {need_w:kW}",
        "Ladestart, wenn {need_w:kW} Überschuss anhalten",
    ),
    "min_on": Sentence(
        "{why}; hat eben erst begonnen, Ladestopp frühestens in {in_s:s}",
        "Ladestopp in {in_s:s}, wenn sich nichts ändert; {why:change}",
    ),
    "min_off": Sentence(
        "{why}; hat eben erst aufgehört, Ladestart frühestens in {in_s:s}",
        "Ladestart in {in_s:s}, wenn sich nichts ändert",
    ),
    "window": Sentence(
        "Niedertarif bis {until:word}",
        "gilt bis {until:word}",
    ),
    "outside_window": Sentence(
        "außerhalb des Niedertarifs, er beginnt {next:day}",
        "Ladestart mit dem nächsten Niedertarif, {next:day}",
    ),
    "window_energy": Sentence(
        "Niedertarif bis {until:word}, {got_wh:kWh} von {energy_wh:kWh}",
        "gilt bis {until:word}, oder bis das Auto {energy_wh:kWh} bekommen hat",
    ),
    "window_spent": Sentence(
        "das Auto hat die {energy_wh:kWh} dieses Niedertarifs bekommen, der nächste beginnt {next:day}",
        "Ladestart mit dem nächsten Niedertarif, {next:day}",
    ),
    "fixed": Sentence(
        "fester Ladestrom von {current_a} A",
        "bleibt so, bis das Auto voll oder abgesteckt ist oder eine andere Strategie gewählt wird",
    ),
    "plugin": Sentence(
        "{strategy}: {says}",
        "wenn {strategy} etwas anderes sagt",
    ),
    "price_low": Sentence(
        "günstig bis {until}: eine kWh kostet {price_per_kwh:.3f} ({than:word} {than_per_kwh:.3f})",
        "gilt bis {until}",
    ),
    "price_cheapest": Sentence(
        "in den {hours:g} günstigsten Stunden vor {before} Uhr, bis {until}: eine kWh kostet {price_per_kwh:.3f}",
        "gilt bis {until}",
    ),
    "price_bridged": Sentence(
        "eine kWh kostet {price_per_kwh:.3f} ({than:word} {than_per_kwh:.3f}), weiterladen ist aber billiger als ein "
        "neuer Start",
        "gilt bis {until}",
    ),
    "price_high": Sentence(
        "zu teuer: eine kWh kostet {price_per_kwh:.3f}; nächste günstige Stunde: {next:word}",
        "Ladestart mit der nächsten günstigen Stunde: {next:word}",
    ),
    "price_unknown": Sentence(
        "der Preis des Netzstroms ist nicht bekannt",
        "Ladestart, sobald Preise bekannt sind, in einer günstigen Stunde",
    ),
    "price_leaves_room": Sentence(
        "{why}; {left_kwh:.1f} kWh bleiben der kommenden Sonne überlassen",
        "{why:change}",
    ),
    "price_stale": Sentence(
        "{why}; neuere Preise waren nicht zu bekommen",
        "{why:change}, falls neuere Preise nichts anderes sagen",
    ),
    "ready_charges": Sentence(
        "bis {by} fehlen {missing_kwh:.1f} von {kwh:.1f} kWh: {current_a} A",
        "lädt nach Plan bis {until}, oder bis nichts mehr fehlt",
    ),
    "ready_waits": Sentence(
        "{why}; {missing_kwh:.1f} kWh bis {by} sind ab {next} geplant",
        "lädt nach Plan ab {next}; {why:change}",
    ),
    "ready_short": Sentence(
        "bis {by} sind nur {there_kwh:.1f} von {kwh:.1f} kWh ({there_pct:.0f} %) zu schaffen: {current_a} A",
        "lädt sofort und bis {by}; mehr gelingt nur mit späterer Zeit oder weniger Bedarf",
    ),
    "starts_soon": Sentence(
        "{why}, Ladestart in {in_s:s}",
        "Ladestart in {in_s:s}, wenn sich nichts ändert",
    ),
    "stops_soon": Sentence(
        "{why}, Ladestopp in {in_s:s}",
        "Ladestopp in {in_s:s}, wenn sich nichts ändert; {why:change}",
    ),
    "dark": Sentence(
        "{why}, aber nichts davon ist Sonne: der PV-Zähler zeigt seit Minuten nichts an",
        "zum Laden mit Sonne muss der PV-Zähler wieder etwas anzeigen",
    ),
    "expected": Sentence(
        "{why}, {expected_w:kW} erwartet",
        "es zählt der Überschuss, wenn ein Befehl wirkt, zurzeit {expected_w:kW}; {why:change}",
    ),
    "weighs_start": Sentence(
        "{why}; Ladestart spätestens in {in_s:s}, wenn es so bleibt",
        "Ladestart spätestens in {in_s:s}, wenn es so bleibt: sobald die versäumte Sonne einen Start aufwiegt",
    ),
    "weighs_stop": Sentence(
        "{why}; Ladestopp spätestens in {in_s:s}, wenn es so bleibt",
        "Ladestopp spätestens in {in_s:s}, wenn es so bleibt: sobald der Netzbezug einen neuen Start aufwiegt; "
        "{why:change}",
    ),
    "calm": Sentence(
        "{why}; {current_a} A würden passen, lohnen aber noch keine Änderung",
        "geht auf {current_a} A, sobald sich die Änderung gelohnt hätte",
    ),
    "pacing": Sentence(
        "{why}; die Wallbox bekommt die nächste Änderung in {in_s:s}",
        "die Änderung folgt in {in_s:s}, wenn sie dann noch gewünscht ist",
    ),
    "budget": Sentence(
        "{why}; die erlaubten Schreibvorgänge sind verbraucht, nächste Änderung in {in_s:s}",
        "die Änderung folgt in {in_s:s}, wenn sie dann noch gewünscht ist",
    ),
    "fuse": Sentence(
        "Hausanschluss-Sicherung: das Haus braucht {house_a:.1f} A von {fuse_a:.0f} A, es bleiben {current_a} A",
        "mehr Ladestrom, wenn das Haus weniger von den {fuse_a:.0f} A braucht",
    ),
    "fuse_held": Sentence(
        "Hausanschluss-Sicherung: {current_a} A, bis sie {for_s:s} lang mehr übrig lässt",
        "mehr Ladestrom, wenn die Sicherung {for_s:s} lang mehr übrig lässt",
    ),
    "fuse_unwatched": Sentence(
        "die Hausanschluss-Sicherung ist nicht zu überwachen, {missing:word}: höchstens {current_a} A",
        "mehr Ladestrom, wenn die Sicherung wieder zu überwachen ist",
    ),
    "no_headroom": Sentence(
        "{limit_by:word} lässt {current_a} A zu, weniger als die {min_a} A, die ein Auto braucht",
        "Ladestart, wenn {limit_by:word} {min_a} A zulässt",
    ),
    "no_car": Sentence(
        "es ist kein Auto angesteckt",
        "wartet auf ein Auto",
    ),
    "car_paused": Sentence(
        "das Auto nimmt keinen Strom (es ist voll oder pausiert von selbst)",
        "wartet, bis das Auto Strom nimmt",
    ),
    "car_asleep": Sentence(
        "das Auto nimmt seit dem Ladestart keinen Strom und schläft wohl: Weckversuch in {in_s:s}",
        "Weckversuch in {in_s:s}, wenn es bis dahin keinen Strom nimmt",
    ),
    "car_waking": Sentence(
        "weckt das Auto durch Ladestopp und Ladestart, Versuch {tries}",
        "endet, wenn das Auto Strom nimmt",
    ),
    "car_wont_wake": Sentence(
        "das Auto nimmt keinen Strom und wird nicht mehr geweckt, nach {wakes} Mal, davon {tries} vergeblich",
        "wartet, bis das Auto Strom nimmt oder neu angesteckt wird",
    ),
    "limit_ignored": Sentence(
        "{why}; die Wallbox hält {limit_a} A nicht ein, es fließen {flows_a:.0f} A: Ladestopp",
        "Ladestart, wenn {flows_a:.0f} A gewünscht sind, oder um zu sehen, ob sie folgt",
    ),
    "limit_ignored_soon": Sentence(
        "{why}; die Wallbox hält {limit_a} A nicht ein, es fließen {flows_a:.0f} A: Ladestopp in {in_s:s}",
        "Ladestopp in {in_s:s}, wenn dann noch weniger gewünscht ist, als fließt",
    ),
    "limit_ignored_held": Sentence(
        "{why}; die Wallbox hält {limit_a} A nicht ein, es fließen {flows_a:.0f} A: bleibt so",
        "endet, wenn die Wallbox den Ladestrom einhält",
    ),
    "limit_ignored_off": Sentence(
        "{why}; die Wallbox hält {limit_a} A nicht ein, es flössen {flows_a:.0f} A: neuer Versuch in {in_s:s}",
        "neuer Versuch in {in_s:s}, oder wenn {flows_a:.0f} A gewünscht sind",
    ),
    "limit_ignored_capped": Sentence(
        "{why}; die Wallbox hält {limit_a} A nicht ein, es flössen {flows_a:.0f} A: bleibt aus",
        "Ladestart, wenn {flows_a:.0f} A erlaubt sind",
    ),
    "meter_stale": Sentence(
        "seit {age_s:s} kein Wert vom Netzzähler: Rückfall auf {fallback:word}",
        "endet mit dem nächsten Wert vom Netzzähler",
    ),
    "strategy_failed": Sentence(
        "die Strategie {strategy} ist ausgefallen ({what}): Rückfall auf {fallback:word}",
        "endet, wenn {strategy} wieder antwortet",
    ),
    "meter_awaited": Sentence(
        "wartet auf einen Wert vom Netzzähler",
        "weiter mit dem nächsten Wert vom Netzzähler",
    ),
    "box_awaited": Sentence(
        "wartet auf den Zustand der Wallbox",
        "wartet auf eine Antwort der Wallbox",
    ),
    "box_fault": Sentence(
        "die Wallbox meldet {state}: siehe ihre eigene Seite",
        "wartet, bis die Wallbox wieder in Ordnung ist; oft hilft neu anstecken oder ein Neustart",
    ),
    "box_down": Sentence(
        "{error}; nächster Versuch in {in_s:s}",
        "wartet auf eine Antwort der Wallbox, nächster Versuch in {in_s:s}",
    ),
    "box_refuses": Sentence(
        "{why}; die Wallbox lehnt es ab, nächster Versuch in {in_s:s}",
        "neuer Versuch in {in_s:s}, wenn es dann noch gewünscht ist",
    ),
    "box_locked": Sentence(
        "{error}",
        "kein weiterer Versuch, bis der Fehler behoben und Sunpace neu gestartet ist",
    ),
    "battery_unknown": Sentence(
        "der Zähler der Hausbatterie schweigt: was sie abgibt, gilt nicht als Sonne",
        "wartet, bis der Zähler der Hausbatterie antwortet",
    ),
    "battery_spared": Sentence(
        "{why}, soweit {left_w:kW} Sonne reichen: die Hausbatterie wird geschont",
        "mehr Ladestrom mit mehr Sonne, oder wenn die Batterie leer oder gesperrt ist; sonst mit use_battery = true",
    ),
    "battery_held": Sentence(
        "{why}, aber die Hausbatterie würde das Auto speisen; {left_w:kW} Sonne, nötig sind {need_w:kW}",
        "Ladestart mit {need_w:kW} Sonne, oder wenn die Batterie leer oder gesperrt ist; sonst mit use_battery = true",
    ),
    "curtailed": Sentence(
        "die Einspeisung ist auf {limit_w:kW} begrenzt, vielleicht ist Sonne verborgen: Versuch mit {current_a} A",
        "bleibt, wenn die Sonne dafür reicht, sonst wird der Versuch zurückgenommen",
    ),
    "starts_spent": Sentence(
        "heute schon {starts} Ladestarts, mehr erlaubt starts_per_day nicht; wieder in {in_s:s}",
        "Ladestart in {in_s:s}, wenn er dann noch gewünscht ist",
    ),
    "cap": Sentence(
        "begrenzt durch {by:who} bis {until:word}: höchstens {current_a} A",
        "mehr Ladestrom, wenn die Begrenzung endet oder aufgehoben wird",
    ),
    "cap_stops": Sentence(
        "begrenzt durch {by:who} bis {until:word}: {current_a} A, weniger als die {min_a} A, die ein Auto braucht",
        "Ladestart, wenn die Begrenzung endet oder {min_a} A zulässt",
    ),
    "cap_kept": Sentence(
        "{why}; ihre Datei ist nicht mehr lesbar, darum gilt sie weiter",
        "{why:change}, sobald ihre Datei in Ordnung oder gelöscht ist",
    ),
    "cap_unreadable": Sentence(
        "die Datei der Begrenzung von außen ist nicht lesbar: höchstens {current_a} A",
        "mehr Ladestrom, sobald die Datei in Ordnung oder gelöscht ist",
    ),
    "paused": Sentence(
        "von Hand angehalten bis {until:word}",
        "geht nach {until:word} weiter, oder mit sunpace resume",
    ),
    "boost": Sentence(
        "Schnellladen von Hand: {current_a} A bis {until:word}",
        "endet nach {until:word}, oder mit sunpace resume",
    ),
    "boost_energy": Sentence(
        "Schnellladen von Hand: {current_a} A für noch {left_kwh:.1f} kWh, längstens bis {until:word}",
        "endet nach {left_kwh:.1f} kWh, nach {until:word}, oder mit sunpace resume",
    ),
    "wanted_soon": Sentence(
        "{why}; in {in_s:s} wieder gewünscht, darum kein Ladestopp",
        "geht in {in_s:s} weiter, wenn sich nichts ändert",
    ),
    "ends_soon": Sentence(
        "{why}; in {in_s:s} vorbei, das lohnt keinen Ladestart",
        "Ladestart, wenn er in {in_s:s} noch gewünscht ist",
    ),
    "off": Sentence(
        "Laden ist ausgeschaltet",
        "Ladestart, wenn eine andere Strategie gewählt wird, oder mit sunpace boost",
    ),
    "minimum": Sentence(
        "nie unter {min_a} A, dazu die Sonne: {surplus_w:kW} Überschuss",
        "der Ladestrom folgt dem Überschuss, hinab bis {min_a} A",
    ),
    "minimum_only": Sentence(
        "{min_a} A: der Zähler der Hausbatterie schweigt, darum gilt nichts als Sonne",
        "mehr Ladestrom, wenn der Zähler der Hausbatterie antwortet",
    ),
    "fixed_power": Sentence(
        "feste Ladeleistung von {power_w:kW}, genutzte Phasen: {phases}",
        "bleibt so, bis das Auto voll oder abgesteckt ist oder eine andere Strategie gewählt wird",
    ),
    "fixed_power_low": Sentence(
        "feste Ladeleistung von {power_w:kW}, weniger als die {need_w:kW}, die ein Auto braucht, genutzte Phasen: "
        "{phases}",
        "Ladestart mit power_w ab {need_w:kW}",
    ),
    "fixed_until": Sentence(
        "{why}, bis {until:word}",
        "endet {until:word}",
    ),
    "fixed_energy": Sentence(
        "{why}, noch {left_kwh:.1f} kWh",
        "endet nach {left_kwh:.1f} kWh; {why:change}",
    ),
}

SPEECH = Speech(
    sentences=_SENTENCES,
    words={
        "nobody": "eine Vorgabe von außen",
        "main_fuse": "die Hausanschluss-Sicherung",
        "box_maximum": "die Obergrenze der Wallbox",
        "grid_phases": "die Phasenwerte des Netzzählers fehlen",
        "always": "auf Weiteres",
        "price_limit": "Grenze",
        "feed_in": "Einspeisung bringt",
        "price_zero": "kostenlos bis",
        "not_known": "noch nicht bekannt",
        "pv_power": "die PV-Leistung fehlt",
        "not_in_sight": "nicht binnen eines Jahres",
        "minimum": "Mindeststrom",
        "stop": "Ladestopp",
        "hold": "den letzten Stand",
    },
    point=",",
    hours="Std.",
    days=("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    clock="{day} {time} Uhr",
    date="%d.%m.%Y",
)
