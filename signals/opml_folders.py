"""Whose voice the folders of somebody's reading list hold: names of folders in six languages to stakeholder groups.

The innermost folder speaks first. A name counts as a whole, else by the words in it; Media is what all the others are
in too ("political news"), so it gives way to them. Where words point to two other groups, the name says nothing.
The table stands in docs/sources.md as well.
"""

import re
from collections.abc import Sequence

from signals.languages import fold
from signals.types import Stakeholder

# nb and nn, sv, da, nl, en; words that several languages share stand once.
FOLDERS = {
    Stakeholder.MEDIA: """
        media medier medie medium news nyheter nyheiter nyheder nyhet nieuws press presse pressen pers avis
        aviser avisen tidning tidningar krant kranten dagblad newspaper newspapers journalism journalistikk
        journalistik kringkasting broadcasters omroep omroepen radio tv podcast podcasts podkast podkaster
        magazine magazines tidsskrift tidskrifter tijdschriften blad blader fagpresse vakpers lokalavis
        lokalaviser lokalmedia lokalmedier lokaltidning lokaltidningar lokalnyheter lokalnyheder riksmedia
        riksmedier""",
    Stakeholder.CUSTOMERS: """
        customers customer consumers consumer users patients kunder kunde kundar forbruker forbrukere
        forbrukarar konsument konsumenter forbruger forbrugere brukere brukarar användare brugere pasienter
        pasientar patienter klant klanten consument consumenten gebruikers patiënten reviews anmeldelser
        recensioner complaints klager klagemål klachten""",
    Stakeholder.EMPLOYEES: """
        employees employee staff workers unions union ansatte tilsette anställda medarbejdere medarbeidere
        medarbeidarar medarbetare personal personale personeel medewerkers werknemers fagforening fagforeninger
        fagforeiningar fackförbund fackliga fagforbund vakbond vakbonden tillitsvalgte tillidsfolk""",
    Stakeholder.REGULATORS: """
        regulators regulator authorities authority agencies government ombudsman courts court police supervisors
        tilsyn tilsynsmyndigheter tilsynsmyndigheder myndighet myndigheter myndigheder styresmakter forvaltning
        direktorat direktorater domstol domstoler domstolar domstole politi politiet polis polisen departement
        departementer regjering regjeringen regeringen toezichthouder toezichthouders toezicht overheid
        overheden rechtbank rechtbanken politie ministerie ministeries inspectie inspecties ombud ombudsmannen
        ombudsmand""",
    Stakeholder.OWNERS: """
        owners owner shareholders investors investor stocks markets eiere eigarar ägare ejere eigenaren
        eigenaars aksjonærer aksjonærar aktieägare aktionärer aktionærer aandeelhouders investorer investerare
        investeerders börs børs beurs finans finance financiën""",
    Stakeholder.PARTNERS: """
        partners partner suppliers supplier vendors partnere partnerar samarbeidspartnere samarbeidspartnarar
        samarbetspartner samarbetspartners samarbejdspartnere leverandør leverandører leverandørar leverantör
        leverantörer leverancier leveranciers""",
    Stakeholder.COMMUNITY: """
        community communities neighbours neighbors neighbourhood neighborhood residents nærmiljø naboer naboar
        lokalsamfunn innbyggere innbyggjarar närmiljö grannar lokalsamhälle lokalsamhället invånare lokalsamfund
        beboere boende borgere buurt buurten wijk wijken omwonenden bewoners inwoners burgers municipality
        municipalities kommune kommuner kommunar kommun gemeente gemeenten""",
    Stakeholder.ACTIVISTS: """
        activists activist activism ngo ngos campaigns campaigners aktivister aktivist aktivistar aktivisme
        aktivism activisten activisme interesseorganisasjoner interesseorganisasjonar intresseorganisationer
        interesseorganisationer belangenorganisaties frivillige civilsamhälle civilsamhället civilsamfund
        sivilsamfunn miljøorganisasjoner miljöorganisationer actiegroepen kampanjer kampanjar kampagner""",
    Stakeholder.POLITICS: """
        politics political politicians parliament parties party politikk politikere politikarar politisk
        politiske politik politiker politiek politieke politici stortinget riksdagen folketinget parlament kamer
        partier partiene partierna partijen valg val verkiezingen elections""",
    Stakeholder.EXPERTS: """
        experts expert science research researchers academia universities university analysts thinktank
        thinktanks eksperter ekspertar experter fagfolk forskning forsking forskere forskarar forskare videnskab
        vetenskap vitenskap vitskap universitet universiteter universitetet deskundigen wetenschap onderzoek
        onderzoekers universiteiten analytikere analytiker""",
}
WHOLE = {  # names of several words that their words alone would mislead about
    "local news": Stakeholder.MEDIA,
    "local media": Stakeholder.MEDIA,
    "lokale medier": Stakeholder.MEDIA,
    "lokale nyheter": Stakeholder.MEDIA,
    "lokala medier": Stakeholder.MEDIA,
    "lokala nyheter": Stakeholder.MEDIA,
    "lokale nyheder": Stakeholder.MEDIA,
    "lokaal nieuws": Stakeholder.MEDIA,
    "local community": Stakeholder.COMMUNITY,
    "think tanks": Stakeholder.EXPERTS,
    "civil society": Stakeholder.ACTIVISTS,
    "trade unions": Stakeholder.EMPLOYEES,
    "stock exchange": Stakeholder.OWNERS,
    "public authorities": Stakeholder.REGULATORS,
    "offentlige myndigheter": Stakeholder.REGULATORS,
}
_WORDS = {fold(word): group for group, words in FOLDERS.items() for word in words.split()}
_WHOLE = {" ".join(map(fold, name.split())): group for name, group in WHOLE.items()}
_WORD = re.compile(r"[^\W_]+")


def group_of(folders: Sequence[str]) -> Stakeholder | None:
    """The group that the innermost telling folder names; None where none tells.

    >>> group_of(["Norge", "Tilsynsmyndigheter"]), group_of(["Reading list"])
    (<Stakeholder.REGULATORS: 'regulators'>, None)
    """
    return next((group for name in reversed(folders) if (group := _group_of(name))), None)


def _group_of(name: str) -> Stakeholder | None:
    words = [fold(word) for word in _WORD.findall(name[:200])]
    if whole := _WHOLE.get(" ".join(words)):
        return whole
    groups = {_WORDS[word] for word in words if word in _WORDS}
    groups = groups - {Stakeholder.MEDIA} or groups
    return groups.pop() if len(groups) == 1 else None
