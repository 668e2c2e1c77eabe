"""Every attack on a signed SOAP envelope that we know of, as a change of a good one; run by tests through runpy.

It is longer than other files because a reader looks for every attack in one place.
ATTACKS maps a name to a change. Most are what somebody without a key can do to an envelope on its way. Those
in SIGNED are signed again with the partner's own key afterwards: shapes that hold, and are not ours.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{OASIS}wssecurity-utility-1.0.xsd"
WSA = "http://www.w3.org/2005/08/addressing"
XML = "http://www.w3.org/XML/1998/namespace"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
SOAP = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
EVIL = (
    '<x:SubmitMessage xmlns:x="urn:cis:migration-exchange:1:soap">'
    '<Message xmlns="urn:cis:migration-exchange:1" Id="m-evil"/></x:SubmitMessage>'
)
SPELLINGS = ("Id", "ID", "id", f"{{{XML}}}id", f"{{{WSU}}}Id", f"{{{WSU}}}ID", "AssertionID", "{urn:other}Id")

ATTACKS: dict[str, Callable[[Scene], Any]] = {}
SIGNED: set[str] = set()


class Scene:
    """A signed envelope under attack, with the partner's key for shapes that the partner itself would sign."""

    def __init__(self, raw: bytes, key: Any, stranger: Any) -> None:
        self.raw, self.key, self.stranger = raw, key, stranger
        self.root = etree.fromstring(raw)
        self.version = etree.QName(self.root).namespace
        self.header, self.body = self.root[0], self.root[1]
        self.security = self.header.find(f"{{{WSSE}}}Security")
        self.timestamp = self.security.find(f"{{{WSU}}}Timestamp")
        self.token = self.security.find(f"{{{WSSE}}}BinarySecurityToken")
        self.signature = self.security.find(f"{{{DS}}}Signature")
        self.info, self.value, self.key_info = self.signature
        self.references = self.info.findall(f"{{{DS}}}Reference")

    def soap(self, name: str) -> str:
        return f"{{{self.version}}}{name}"

    def id_of(self, element: Any) -> str:
        return element.get(f"{{{WSU}}}Id")

    def reference_to(self, element: Any) -> Any:
        return next(one for one in self.references if one.get("URI") == f"#{self.id_of(element)}")

    def evil_body(self, **attributes: str) -> Any:
        body = etree.Element(self.soap("Body"))
        body.append(etree.fromstring(EVIL))
        for name, value in attributes.items():
            body.set(name, value)
        return body

    def replace_body(self) -> Any:
        """Put an evil body in place of the signed one, which is given back."""
        self.root.replace(self.body, self.evil_body())
        return self.body

    def sign_again(self, method: str | None = None, value: Callable[[bytes], bytes] | None = None) -> None:
        """Digest what each reference names, as an ordinary verifier would find it, and sign SignedInfo."""
        for reference in self.info.findall(f"{{{DS}}}Reference"):
            name = (reference.get("URI") or "#")[1:]
            found = [e for e in self.root.iter() if name and name in (e.get(f"{{{WSU}}}Id"), e.get("Id"))]
            digest = reference.find(f"{{{DS}}}DigestValue")
            if digest is not None:
                content = c14n(found[0] if found else self.root, prefixes_of(reference))
                digest.text = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if method is not None:
            self.info[1].set("Algorithm", method)
        data = c14n(self.info, prefixes_of(self.info[0]))
        self.value.text = base64.b64encode((value or self.key.sign)(data)).decode()


def c14n(element: Any, prefixes: list[str] | None = None) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes or None)


def prefixes_of(element: Any) -> list[str]:
    listed = element.find(f".//{{{EXC}}}InclusiveNamespaces")
    return [] if listed is None else (listed.get("PrefixList") or "").split()


def attacked(name: str, raw: bytes, key: Any, stranger: Any) -> bytes:
    """The envelope after that attack."""
    scene = Scene(raw, key, stranger)
    changed = ATTACKS[name](scene)
    if isinstance(changed, bytes):
        return changed
    if name in SIGNED:
        scene.sign_again()
    return etree.tostring(scene.root if changed is None else changed)


def attack(change: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
    ATTACKS[change.__name__] = change
    return change


def signed(change: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
    SIGNED.add(change.__name__)
    return attack(change)


def element(text: str) -> Any:
    names = f'xmlns:ds="{DS}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:wsa="{WSA}" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"'
    return etree.fromstring(
        text.replace(" ", f" {names} ", 1) if " " in text.partition(">")[0] else text.replace(">", f" {names}>", 1)
    )


# --- The signed Body is kept somewhere, another one takes its place ----------------------------------------

for _name, _hide in {
    "in_a_header": lambda s, kept: s.header.append(_wrapped(kept)),
    "in_a_header_before_all": lambda s, kept: s.header.insert(0, _wrapped(kept)),
    "in_the_security_header": lambda s, kept: s.security.append(kept),
    "in_a_wrapper_in_the_security_header": lambda s, kept: s.security.insert(0, _wrapped(kept)),
    "in_an_object": lambda s, kept: s.signature.append(_object(kept)),
    "in_key_info": lambda s, kept: s.key_info.append(_wrapped(kept)),
    "in_the_timestamp": lambda s, kept: s.timestamp.append(kept),
    "in_the_token": lambda s, kept: s.token.append(kept),
    "in_the_evil_body": lambda s, kept: s.root[1].append(kept),
    "in_the_evil_operation": lambda s, kept: s.root[1][0].append(kept),
    "behind_the_evil_body": lambda s, kept: s.root.append(kept),
    "before_the_header": lambda s, kept: s.root.insert(0, kept),
    "between_header_and_evil_body": lambda s, kept: s.root.insert(1, kept),
    "in_a_wrapper_behind": lambda s, kept: s.root.append(_wrapped(kept)),
    "in_an_addressing_header": lambda s, kept: s.header[0].append(kept),
    "in_an_inner_envelope": lambda s, kept: s.root[1][0].append(_enveloped(s, kept)),
    "nowhere": lambda s, kept: None,
}.items():
    for _with in ("no_id", "the_same_id", "another_id", "a_plain_id"):

        def _moved(s: Scene, hide: Any = _hide, kind: str = _with) -> None:
            kept = s.replace_body()
            evil = s.root[1]
            if kind == "the_same_id":
                evil.set(f"{{{WSU}}}Id", s.id_of(kept))
            elif kind == "another_id":
                evil.set(f"{{{WSU}}}Id", "id-other")
            elif kind == "a_plain_id":
                evil.set("Id", s.id_of(kept))
            hide(s, kept)

        ATTACKS[f"body_kept_{_name}_evil_one_with_{_with}"] = _moved


def _wrapped(kept: Any) -> Any:
    wrapper = etree.Element("{urn:other}Wrapper")
    wrapper.append(kept)
    return wrapper


def _object(kept: Any) -> Any:
    holder = etree.Element(f"{{{DS}}}Object")
    holder.append(kept)
    return holder


def _enveloped(s: Scene, kept: Any) -> Any:
    inner = etree.Element(s.soap("Envelope"))
    inner.append(kept)
    return inner


for _name, _put in {
    "second_body_behind": lambda s: s.root.append(s.evil_body()),
    "second_body_before": lambda s: s.root.insert(1, s.evil_body()),
    "second_body_that_is_a_copy": lambda s: s.root.append(copy.deepcopy(s.body)),
    "second_operation": lambda s: s.body.append(etree.fromstring(EVIL)),
    "second_operation_before": lambda s: s.body.insert(0, etree.fromstring(EVIL)),
    "second_header": lambda s: s.root.insert(0, etree.Element(s.soap("Header"))),
    "second_header_that_is_a_copy": lambda s: s.root.insert(1, copy.deepcopy(s.header)),
    "header_behind_the_body": lambda s: s.root.append(s.header),
    "something_behind_the_body": lambda s: s.root.append(etree.Element("{urn:other}Trailer")),
    "body_changed": lambda s: s.body[0].append(etree.Element("{urn:other}More")),
    "body_emptied": lambda s: s.body.remove(s.body[0]),
    "body_without_its_id": lambda s: s.body.attrib.pop(f"{{{WSU}}}Id"),
    "body_with_a_foreign_attribute": lambda s: s.body.set("{urn:other}a", "b"),
    "text_in_the_body": lambda s: setattr(s.body, "text", "other"),
    "text_in_the_header": lambda s: setattr(s.header, "text", "other"),
    "text_in_the_envelope": lambda s: setattr(s.root, "text", "other"),
    "attribute_on_the_envelope": lambda s: s.root.set(s.soap("encodingStyle"), "urn:other"),
    "attribute_on_the_header": lambda s: s.header.set(f"{{{WSU}}}Id", "id-header"),
    "unknown_header_beside": lambda s: s.header.append(etree.Element("{urn:other}Route")),
    "xml_base_on_the_body": lambda s: s.body.set(f"{{{XML}}}base", "http://127.0.0.1/"),
}.items():
    ATTACKS[_name] = lambda s, put=_put: (put(s), None)[1]


# --- The Security header ---------------------------------------------------------------------------------


def _actor(s: Scene) -> str:
    return s.soap("role" if s.version == SOAP[1] else "actor")


def _other_security(s: Scene, **_: str) -> Any:
    return etree.Element(f"{{{WSSE}}}Security")


for _name, _put in {
    "second_security_header_behind": lambda s: s.header.append(copy.deepcopy(s.security)),
    "second_security_header_before": lambda s: s.header.insert(0, copy.deepcopy(s.security)),
    "empty_security_header_before": lambda s: s.header.insert(0, _other_security(s)),
    "empty_security_header_behind": lambda s: s.header.append(_other_security(s)),
    "security_header_for_another_actor": lambda s: s.security.set(_actor(s), "urn:other"),
    "security_header_for_another_actor_beside": lambda s: _beside(s),  # noqa: PLW0108 - it is defined below
    "security_header_in_the_body": lambda s: s.body[0].append(s.security),
    "security_header_in_the_envelope": lambda s: s.root.insert(0, s.security),
    "security_header_in_a_wrapper": lambda s: s.header.append(_wrapped(s.security)),
    "security_header_within_another": lambda s: _nested(s),  # noqa: PLW0108 - as above
    "security_header_of_the_other_soap": lambda s: s.security.set(_other_soap(s, "mustUnderstand"), "1"),
    "security_header_with_an_id": lambda s: s.security.set(f"{{{WSU}}}Id", "id-security"),
    "username_beside": lambda s: s.security.append(
        element("<wsse:UsernameToken><wsse:Username>a</wsse:Username></wsse:UsernameToken>")
    ),
    "encrypted_key_beside": lambda s: s.security.append(element("<xenc:EncryptedKey></xenc:EncryptedKey>")),
    "encrypted_data_beside": lambda s: s.security.append(element("<xenc:EncryptedData></xenc:EncryptedData>")),
    "confirmation_that_nobody_signed": lambda s: s.security.append(
        etree.Element(
            "{http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd}SignatureConfirmation", Value="AAAA"
        )
    ),
    "text_in_the_security_header": lambda s: setattr(s.security, "text", "other"),
    "security_header_emptied": lambda s: [s.security.remove(child) for child in list(s.security)],
    "signature_removed": lambda s: s.security.remove(s.signature),
    "second_signature_before": lambda s: s.security.insert(0, copy.deepcopy(s.signature)),
    "second_signature_behind": lambda s: s.security.append(copy.deepcopy(s.signature)),
    "signature_in_a_wrapper": lambda s: s.security.append(_wrapped(s.signature)),
    "signature_in_the_header": lambda s: s.header.append(s.signature),
}.items():
    ATTACKS[_name] = lambda s, put=_put: (put(s), None)[1]


def _beside(s: Scene) -> None:
    beside = copy.deepcopy(s.security)
    beside.set(_actor(s), "urn:other")
    s.header.append(beside)
    s.security.remove(s.signature)


def _nested(s: Scene) -> None:
    outer = etree.SubElement(s.header, f"{{{WSSE}}}Security")
    outer.append(s.security)


def _other_soap(s: Scene, name: str) -> str:
    return f"{{{SOAP[0] if s.version == SOAP[1] else SOAP[1]}}}{name}"


# --- The Timestamp ---------------------------------------------------------------------------------------

FRESH = (
    "<wsu:Timestamp {id}><wsu:Created>2026-03-02T09:00:00Z</wsu:Created>"
    "<wsu:Expires>2026-03-02T09:06:00Z</wsu:Expires></wsu:Timestamp>"
)


def _fresh(name: str = "") -> Any:
    return element(FRESH.replace("{id}", f'wsu:Id="{name}"' if name else ""))


for _name, _put in {
    "timestamp_moved_to_the_header": lambda s: s.header.append(s.timestamp),
    "timestamp_moved_into_a_wrapper": lambda s: s.security.append(_wrapped(s.timestamp)),
    "timestamp_moved_into_the_body": lambda s: s.body[0].append(s.timestamp),
    "timestamp_doubled_before": lambda s: s.security.insert(0, copy.deepcopy(s.timestamp)),
    "timestamp_doubled_behind": lambda s: s.security.append(copy.deepcopy(s.timestamp)),
    "timestamp_removed": lambda s: s.security.remove(s.timestamp),
    "timestamp_replaced_by_an_unsigned_one": lambda s: s.security.replace(s.timestamp, _fresh("id-other")),
    "timestamp_replaced_under_the_same_id": lambda s: s.security.replace(s.timestamp, _fresh(s.id_of(s.timestamp))),
    "timestamp_replaced_and_the_signed_one_in_an_object": lambda s: (
        s.security.replace(s.timestamp, _fresh("id-other")),
        s.signature.append(_object(s.timestamp)),
    ),
    "timestamp_replaced_and_the_signed_one_in_the_header": lambda s: (
        s.security.replace(s.timestamp, _fresh()),
        s.header.append(s.timestamp),
    ),
    "timestamp_prolonged": lambda s: setattr(s.timestamp[1], "text", "2027-03-02T09:00:00Z"),
    "timestamp_with_a_foreign_child": lambda s: s.timestamp.append(etree.Element("{urn:other}More")),
}.items():
    ATTACKS[_name] = lambda s, put=_put: (put(s), None)[1]

for _name, _created, _expires in (
    ("expired", "2026-03-02T08:50:00Z", "2026-03-02T08:55:00Z"),
    ("of_the_future", "2026-03-02T09:10:00Z", "2026-03-02T09:15:00Z"),
    ("that_ends_before_it_begins", "2026-03-02T09:00:30Z", "2026-03-02T09:00:00Z"),
    ("that_is_valid_for_a_year", "2026-03-02T09:00:00Z", "2027-03-02T09:00:00Z"),
    ("without_a_zone", "2026-03-02T09:00:00", "2026-03-02T09:05:00"),
    ("that_is_no_time", "now", "later"),
    ("beyond_the_calendar", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"),
):

    def _timed(s: Scene, created: str = _created, expires: str = _expires) -> None:
        s.timestamp[0].text, s.timestamp[1].text = created, expires

    ATTACKS[f"timestamp_{_name}"] = _timed
    SIGNED.add(f"timestamp_{_name}")


@signed
def timestamp_without_an_end(s: Scene) -> None:
    s.timestamp.remove(s.timestamp[1])


@signed
def timestamp_with_its_parts_the_other_way_round(s: Scene) -> None:
    s.timestamp.append(s.timestamp[0])


@signed
def timestamp_with_two_ends(s: Scene) -> None:
    s.timestamp.append(copy.deepcopy(s.timestamp[1]))


@signed
def timestamp_left_out_altogether(s: Scene) -> None:
    s.info.remove(s.reference_to(s.timestamp))
    s.security.remove(s.timestamp)


# --- One Id, twice ---------------------------------------------------------------------------------------

for _whose in ("body", "timestamp"):
    for _spelling in SPELLINGS:
        for _where, _place in {
            "signature": lambda s: s.signature,
            "key_info": lambda s: s.key_info,
            "token": lambda s: s.token,
            "token_reference": lambda s: s.key_info[0],
            "security": lambda s: s.security,
            "header": lambda s: s.header,
            "envelope": lambda s: s.root,
            "signed_info": lambda s: s.info,
            "reference": lambda s: s.references[0],
            "operation": lambda s: s.body[0],
            "message": lambda s: s.body[0][0][0],
            "addressing": lambda s: s.header[0],
            "created": lambda s: s.timestamp[0],
        }.items():

            def _doubled(s: Scene, whose: str = _whose, spelling: str = _spelling, place: Any = _place) -> None:
                place(s).set(spelling, s.id_of(getattr(s, whose)))

            _attack_name = (
                f"id_of_the_{_whose}_again_as_{etree.QName(_spelling).localname}_of_{_spelling[1:12]}_on_{_where}"
            )
            ATTACKS[_attack_name] = _doubled
            SIGNED.add(_attack_name)


@signed
def body_and_timestamp_with_one_id(s: Scene) -> None:
    name = s.id_of(s.body)
    s.reference_to(s.timestamp).set("URI", f"#{name}")
    s.timestamp.set(f"{{{WSU}}}Id", name)


# --- References, signed by the partner itself --------------------------------------------------------------

for _name, _uri in {
    "empty": "",
    "external": "http://127.0.0.1/body",
    "file": "file:///etc/passwd",
    "to_nothing": "#id-nothing",
    "to_the_empty_name": "#",
    "xpointer_root": "#xpointer(/)",
    "xpointer_id": "#xpointer(id('id-body'))",
    "cid": "cid:body",
    "with_a_space": "# id-body",
}.items():

    def _uri_attack(s: Scene, uri: str = _uri) -> None:
        s.reference_to(s.body).set("URI", uri)

    ATTACKS[f"reference_{_name}"] = _uri_attack
    SIGNED.add(f"reference_{_name}")


@signed
def reference_without_a_uri(s: Scene) -> None:
    del s.reference_to(s.body).attrib["URI"]


@signed
def reference_with_a_type(s: Scene) -> None:
    s.reference_to(s.body).set("Type", f"{DS}Object")


for _name, _target in {
    "envelope": lambda s: s.root,
    "header": lambda s: s.header,
    "security": lambda s: s.security,
    "operation": lambda s: s.body[0],
    "created": lambda s: s.timestamp[0],
    "signature": lambda s: s.signature,
    "key_info": lambda s: s.key_info,
}.items():

    def _elsewhere(s: Scene, target: Any = _target) -> None:
        target(s).set(f"{{{WSU}}}Id", "id-elsewhere")
        s.reference_to(s.body).set("URI", "#id-elsewhere")

    def _besides(s: Scene, target: Any = _target) -> None:
        target(s).set(f"{{{WSU}}}Id", "id-elsewhere")
        more = copy.deepcopy(s.references[0])
        more.set("URI", "#id-elsewhere")
        s.info.append(more)

    ATTACKS[f"reference_to_the_{_name}_instead_of_the_body"] = _elsewhere
    ATTACKS[f"reference_to_the_{_name}_besides"] = _besides
    SIGNED |= {f"reference_to_the_{_name}_instead_of_the_body", f"reference_to_the_{_name}_besides"}


@signed
def reference_to_the_message_instead_of_the_body(s: Scene) -> None:
    s.reference_to(s.body).set("URI", "#" + s.body[0][0].get("Id"))


@signed
def no_reference_to_the_body(s: Scene) -> None:
    s.info.remove(s.reference_to(s.body))


@signed
def no_reference_to_the_timestamp(s: Scene) -> None:
    s.info.remove(s.reference_to(s.timestamp))


@signed
def no_reference_to_addressing(s: Scene) -> None:
    s.info.remove(s.reference_to(s.header[0]))


@signed
def no_reference_at_all(s: Scene) -> None:
    for one in s.references:
        s.info.remove(one)


@signed
def reference_to_the_body_twice(s: Scene) -> None:
    s.info.append(copy.deepcopy(s.reference_to(s.body)))


@signed
def seventeen_references(s: Scene) -> None:
    for _ in range(17):
        s.info.append(copy.deepcopy(s.reference_to(s.body)))


# --- Transforms and algorithms, signed by the partner itself -----------------------------------------------

for _name, _uri in {
    "enveloped": f"{DS}enveloped-signature",
    "xpath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "xpath_filter": "http://www.w3.org/2002/06/xmldsig-filter2",
    "xslt": "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "base64": f"{DS}base64",
    "str_transform": f"{OASIS}soap-message-security-1.0#STR-Transform",
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "inclusive_11": "http://www.w3.org/2006/12/xml-c14n11",
    "with_comments": f"{EXC}WithComments",
    "unknown": "urn:other",
}.items():

    def _instead(s: Scene, uri: str = _uri) -> None:
        s.reference_to(s.body)[0][0].set("Algorithm", uri)

    def _before(s: Scene, uri: str = _uri) -> None:
        s.reference_to(s.body)[0].insert(0, etree.Element(f"{{{DS}}}Transform", Algorithm=uri))

    def _of_info(s: Scene, uri: str = _uri) -> None:
        s.info[0].set("Algorithm", uri)

    for _kind, _change in (("instead", _instead), ("before", _before), ("of_signed_info", _of_info)):
        ATTACKS[f"transform_{_name}_{_kind}"] = _change
        SIGNED.add(f"transform_{_name}_{_kind}")


@signed
def transform_twice(s: Scene) -> None:
    transforms = s.reference_to(s.body)[0]
    transforms.append(copy.deepcopy(transforms[0]))


@signed
def transforms_left_out(s: Scene) -> None:
    reference = s.reference_to(s.body)
    reference.remove(reference[0])


@signed
def transforms_empty(s: Scene) -> None:
    transforms = s.reference_to(s.body)[0]
    transforms.remove(transforms[0])


def _inclusive(prefixes: str | None, tag: str = f"{{{EXC}}}InclusiveNamespaces") -> Any:
    listed = etree.Element(tag)
    if prefixes is not None:
        listed.set("PrefixList", prefixes)
    return listed


for _name, _listed in {
    "with_bad_names": _inclusive("a:b"),
    "with_the_default": _inclusive("#default"),
    "with_a_name_twice": _inclusive("s s"),
    "with_a_tab": _inclusive("s\tx"),
    "with_many_names": _inclusive(" ".join(f"n{n}" for n in range(17))),
    "of_another_namespace": _inclusive("s", f"{{{DS}}}InclusiveNamespaces"),
}.items():

    def _with_list(s: Scene, listed: Any = _listed) -> None:
        s.reference_to(s.body)[0][0].append(copy.deepcopy(listed))

    def _info_with_list(s: Scene, listed: Any = _listed) -> None:
        s.info[0].append(copy.deepcopy(listed))

    ATTACKS[f"prefixes_{_name}"] = _with_list
    ATTACKS[f"prefixes_{_name}_in_signed_info"] = _info_with_list
    SIGNED |= {f"prefixes_{_name}", f"prefixes_{_name}_in_signed_info"}


@attack
def prefixes_added_on_the_way(s: Scene) -> None:
    s.reference_to(s.body)[0][0].append(_inclusive("s wsu"))


@attack
def prefixes_added_to_signed_info_on_the_way(s: Scene) -> None:
    s.info[0].append(_inclusive("s"))


@signed
def prefixes_listed_twice(s: Scene) -> None:
    s.reference_to(s.body)[0][0].extend([_inclusive("s"), _inclusive("wsu")])


@signed
def prefixes_with_a_child(s: Scene) -> None:
    listed = _inclusive("s")
    listed.append(etree.Element("{urn:other}More"))
    s.reference_to(s.body)[0][0].append(listed)


@attack
def sha1_digest(s: Scene) -> None:
    reference = s.reference_to(s.body)
    s.sign_again()
    reference[1].set("Algorithm", f"{DS}sha1")
    reference[2].text = base64.b64encode(hashlib.sha1(c14n(s.body), usedforsecurity=False).digest()).decode()
    s.value.text = base64.b64encode(s.key.sign(c14n(s.info))).decode()


@attack
def sha1_signature(s: Scene) -> None:
    def sign(data: bytes) -> bytes:
        if s.key.algorithm == "rsa":
            return s.key.private.sign(data, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the attack itself
        return s.key.sign(data)

    s.sign_again(
        f"{DS}rsa-sha1" if s.key.algorithm == "rsa" else "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", sign
    )


for _name, _secret in {
    "certificate": lambda key: key.certificate_der,
    "nothing": lambda key: b"",
}.items():

    def _confused(s: Scene, secret: Any = _secret) -> None:
        def sign(data: bytes) -> bytes:
            code = hmac.HMAC(secret(s.key), hashes.SHA256())
            code.update(data)
            return code.finalize()

        s.replace_body().attrib.clear()
        s.root[1].set(f"{{{WSU}}}Id", s.references[0].get("URI")[1:])
        s.sign_again("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", sign)

    ATTACKS[f"hmac_under_the_{_name}"] = _confused

for _name, _uri in {
    "rsa_sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "ecdsa_sha256": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "rsa_md5": "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    "dsa": f"{DS}dsa-sha1",
    "none": "",
    "rsa_pss": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
}.items():

    def _method(s: Scene, uri: str = _uri) -> Any:
        if s.info[1].get("Algorithm") == uri:
            uri = "urn:other"
        s.sign_again(uri)

    ATTACKS[f"method_{_name}"] = _method


@signed
def method_with_a_length(s: Scene) -> None:
    etree.SubElement(s.info[1], f"{{{DS}}}HMACOutputLength").text = "0"


@signed
def digest_method_with_a_parameter(s: Scene) -> None:
    etree.SubElement(s.references[0][1], "{urn:other}Parameter")


# --- SignedInfo, values, keys ------------------------------------------------------------------------------

for _name, _change in {
    "emptied": lambda text: "",
    "cut": lambda text: text[:-8],
    "doubled": lambda text: text + text,
    "with_junk": lambda text: text[:4] + "-_" + text[4:],
    "unpadded": lambda text: text.rstrip("=")[:-1],
    "of_another": lambda text: base64.b64encode(bytes(len(base64.b64decode(text)))).decode(),
    "not_ascii": lambda text: text[:4] + "\u00a0" + text[4:],
}.items():

    def _value(s: Scene, change: Any = _change) -> None:
        s.value.text = change(s.value.text)

    def _digest(s: Scene, change: Any = _change) -> None:
        s.references[0][2].text = change(s.references[0][2].text)

    ATTACKS[f"signature_value_{_name}"] = _value
    ATTACKS[f"digest_value_{_name}"] = _digest


for _name, _put in {
    "second_signed_info_before": lambda s: s.signature.insert(0, copy.deepcopy(s.info)),
    "second_signed_info_behind": lambda s: s.signature.insert(1, copy.deepcopy(s.info)),
    "signed_info_in_a_wrapper": lambda s: s.signature.insert(0, _wrapped(s.info)),
    "object_in_the_signature": lambda s: s.signature.append(etree.Element(f"{{{DS}}}Object")),
    "manifest_in_the_signature": lambda s: s.signature.append(_object(etree.Element(f"{{{DS}}}Manifest"))),
    "second_value": lambda s: s.signature.insert(1, copy.deepcopy(s.value)),
    "element_in_the_value": lambda s: s.value.append(etree.Element("{urn:other}More")),
    "signed_info_emptied": lambda s: [s.info.remove(child) for child in list(s.info)],
    "signed_info_with_an_attribute": lambda s: s.info.set("Id", "id-info"),
    "signature_of_another_namespace": lambda s: setattr(s.signature, "tag", "{urn:other}Signature"),
    "key_info_missing": lambda s: s.signature.remove(s.key_info),
    "key_info_twice": lambda s: s.signature.append(copy.deepcopy(s.key_info)),
    "key_info_emptied": lambda s: s.key_info.remove(s.key_info[0]),
    "token_missing": lambda s: s.security.remove(s.token),
    "token_twice": lambda s: s.security.insert(0, copy.deepcopy(s.token)),
    "token_of_a_stranger": lambda s: setattr(s.token, "text", _text(s.stranger)),
    "token_of_a_stranger_beside": lambda s: s.security.insert(0, _token(s, "id-other")),
    "token_emptied": lambda s: setattr(s.token, "text", ""),
    "token_that_is_no_certificate": lambda s: setattr(s.token, "text", "AAAA"),
    "token_of_a_path": lambda s: s.token.set("ValueType", f"{OASIS}x509-token-profile-1.0#X509PKIPathv1"),
    "token_of_no_type": lambda s: s.token.attrib.pop("ValueType"),
    "token_in_hexadecimal": lambda s: s.token.set("EncodingType", f"{OASIS}soap-message-security-1.0#HexBinary"),
    "token_in_the_header": lambda s: s.header.append(s.token),
    "key_named_by_the_body": lambda s: _names(s, f"#{s.id_of(s.body)}"),
    "key_named_elsewhere": lambda s: _names(s, "http://127.0.0.1/key"),
    "key_named_by_nothing": lambda s: _names(s, "#id-nothing"),
    "key_named_with_another_type": lambda s: s.key_info[0][0].set("ValueType", "urn:other"),
    "key_named_twice": lambda s: s.key_info[0].append(copy.deepcopy(s.key_info[0][0])),
    "key_named_by_certificate_beside_the_token": lambda s: _named(s, _data(s.key)),
    "key_named_by_a_strangers_certificate": lambda s: (s.security.remove(s.token), _named(s, _data(s.stranger))),
    "key_named_by_two_certificates": lambda s: (s.security.remove(s.token), _named(s, _data(s.key, s.stranger))),
    "key_named_by_its_name": lambda s: (s.security.remove(s.token), _named(s, element("<ds:KeyName>a</ds:KeyName>"))),
    "key_identifier_of_an_unknown_kind": lambda s: (
        s.security.remove(s.token),
        _named(s, element('<wsse:KeyIdentifier ValueType="urn:other">AAAA</wsse:KeyIdentifier>')),
    ),
    "key_identifier_of_a_stranger": lambda s: (s.security.remove(s.token), _named(s, _thumbprint(s.stranger))),
    "key_identifier_beside_the_token": lambda s: _named(s, _thumbprint(s.key)),
    "token_embedded": lambda s: _embedded(s),  # noqa: PLW0108 - it is defined below
}.items():
    ATTACKS[_name] = lambda s, put=_put: (put(s), None)[1]

for _name in ("KeyValue", "RetrievalMethod", "PGPData", "KeyName", "X509Data"):
    ATTACKS[f"key_info_with_{_name}_beside"] = lambda s, name=_name: s.key_info.insert(
        0, etree.Element(f"{{{DS}}}{name}", URI="http://127.0.0.1/")
    )
    ATTACKS[f"key_info_with_{_name}_instead"] = lambda s, name=_name: s.key_info.replace(
        s.key_info[0], etree.Element(f"{{{DS}}}{name}")
    )


def _text(key: Any) -> str:
    return base64.b64encode(key.certificate_der).decode()


def _token(s: Scene, name: str) -> Any:
    token = copy.deepcopy(s.token)
    token.set(f"{{{WSU}}}Id", name)
    token.text = _text(s.stranger)
    return token


def _names(s: Scene, uri: str) -> None:
    s.key_info[0][0].set("URI", uri)


def _named(s: Scene, part: Any) -> None:
    s.key_info[0].replace(s.key_info[0][0], part)


def _data(*keys: Any) -> Any:
    data = etree.Element(f"{{{DS}}}X509Data")
    for key in keys:
        etree.SubElement(data, f"{{{DS}}}X509Certificate").text = _text(key)
    return data


def _thumbprint(key: Any) -> Any:
    named = etree.Element(
        f"{{{WSSE}}}KeyIdentifier",
        ValueType="http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1",
    )
    named.text = base64.b64encode(hashlib.sha1(key.certificate_der, usedforsecurity=False).digest()).decode()
    return named


def _embedded(s: Scene) -> None:
    holder = etree.Element(f"{{{WSSE}}}Embedded")
    _named(s, holder)
    holder.append(s.token)


@attack
def everything_by_a_stranger(s: Scene) -> None:
    s.token.text = _text(s.stranger)
    s.key = s.stranger
    s.sign_again("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")


@attack
def a_strangers_signature_under_the_partners_token(s: Scene) -> None:
    s.root.replace(s.body, s.evil_body(**{f"{{{WSU}}}Id": s.id_of(s.body)}))
    s.sign_again(value=s.stranger.sign)


@attack
def node_soap_shape_with_a_strangers_token(s: Scene) -> None:
    s.token.text = _text(s.stranger)
    s.signature.replace(s.key_info, s.key_info[0])


# --- Addressing ------------------------------------------------------------------------------------------

for _name in ("From", "ReplyTo", "FaultTo"):
    ATTACKS[f"addressing_{_name}_added"] = lambda s, name=_name: s.header.append(
        element(f"<wsa:{name}><wsa:Address>http://127.0.0.1/</wsa:Address></wsa:{name}>")
    )
for _name in ("To", "RelatesTo", "Unknown"):
    ATTACKS[f"addressing_{_name}_added"] = lambda s, name=_name: s.header.append(
        element(f"<wsa:{name}>urn:other</wsa:{name}>")
    )

for _name, _put in {
    "addressing_doubled": lambda s: s.header.append(copy.deepcopy(s.header[0])),
    "addressing_changed": lambda s: setattr(s.header[0], "text", "urn:other"),
    "addressing_in_a_wrapper": lambda s: s.header.append(_wrapped(s.header[0])),
    "addressing_replaced": lambda s: s.header.replace(s.header[0], element("<wsa:MessageID>urn:other</wsa:MessageID>")),
    "addressing_of_2004": lambda s: s.header.append(
        etree.Element("{http://schemas.xmlsoap.org/ws/2004/08/addressing}To")
    ),
    "addressing_removed": lambda s: s.header.remove(s.header[0]),
}.items():
    ATTACKS[_name] = lambda s, put=_put: (put(s), None)[1]


@signed
def addressing_doubled_and_signed(s: Scene) -> None:
    again = copy.deepcopy(s.header[0])
    again.set(f"{{{WSU}}}Id", "id-again")
    s.header.append(again)
    more = copy.deepcopy(s.references[0])
    more.set("URI", "#id-again")
    s.info.append(more)


# --- The other SOAP, and bytes -----------------------------------------------------------------------------

for _name in ("Body", "Header"):
    ATTACKS[f"{_name.lower()}_of_the_other_soap"] = lambda s, name=_name: setattr(
        s.root.find(s.soap(name)), "tag", _other_soap(s, name)
    )
    ATTACKS[f"{_name.lower()}_of_no_namespace"] = lambda s, name=_name: setattr(s.root.find(s.soap(name)), "tag", name)


@attack
def envelope_of_the_other_soap(s: Scene) -> bytes:
    other = SOAP[0] if s.version == SOAP[1] else SOAP[1]
    return s.raw.replace(f'xmlns:s="{s.version}"'.encode(), f'xmlns:s="{other}"'.encode(), 1)


@attack
def everything_of_the_other_soap(s: Scene) -> bytes:
    other = SOAP[0] if s.version == SOAP[1] else SOAP[1]
    return s.raw.replace(s.version.encode(), other.encode())


@attack
def comment_in_the_body(s: Scene) -> None:
    s.body[0].insert(0, etree.Comment("other"))


@attack
def comment_in_the_timestamp(s: Scene) -> None:
    s.timestamp[1].text = "2026-03-02T09:0"
    s.timestamp[1].append(etree.Comment("other"))


@attack
def comment_in_a_digest(s: Scene) -> None:
    s.references[0][2].insert(0, etree.Comment("other"))


@attack
def instruction_in_the_body(s: Scene) -> None:
    s.body[0].insert(0, etree.ProcessingInstruction("other"))


@attack
def dtd_before_the_envelope(s: Scene) -> bytes:
    return b"<!DOCTYPE a []>" + s.raw


@attack
def utf_16(s: Scene) -> bytes:
    return s.raw.decode().encode("utf-16")


@attack
def header_larger_than_any(s: Scene) -> None:
    s.timestamp.tail = " " * 70_000


WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"


def _confirmation(s: Scene, **attributes: str) -> Any:
    """A SignatureConfirmation in the header, signed with the rest."""
    part = etree.SubElement(s.security, f"{{{WSSE11}}}SignatureConfirmation", **attributes)
    part.set(f"{{{WSU}}}Id", "id-confirmation")
    more = copy.deepcopy(s.references[0])
    more.set("URI", "#id-confirmation")
    s.info.append(more)
    return part


@signed
def confirmation_of_nothing(s: Scene) -> None:
    _confirmation(s)


@signed
def confirmation_with_a_child(s: Scene) -> None:
    etree.SubElement(_confirmation(s, Value="AAAA"), "{urn:other}More")


@signed
def confirmation_that_is_no_base64(s: Scene) -> None:
    _confirmation(s, Value="?")


@signed
def signed_info_with_a_foreign_child(s: Scene) -> None:
    s.info.append(etree.Element("{urn:other}More"))


@signed
def token_type_of_something_else(s: Scene) -> None:
    s.key_info[0].set(f"{{{WSSE11}}}TokenType", "urn:other")


@attack
def key_identifier_in_hexadecimal(s: Scene) -> None:
    s.security.remove(s.token)
    named = _thumbprint(s.key)
    named.set("EncodingType", f"{OASIS}soap-message-security-1.0#HexBinary")
    _named(s, named)


@attack
def body_that_cannot_be_read_again(s: Scene) -> bytes:
    # Escaped as C14N demands it, the tag is longer than any that is read; between single quotes it is not.
    s.body[0].set("more", '"' * 400)
    s.sign_again()
    raw = etree.tostring(s.root)
    return raw.replace(b'more="' + b"&quot;" * 400 + b'"', b"more='" + b'"' * 400 + b"'")


for _name, _where in {
    "header": lambda s: s.header,
    "security": lambda s: s.security,
    "timestamp": lambda s: s.timestamp,
    "signature": lambda s: s.signature,
    "signed_info": lambda s: s.info,
    "body": lambda s: s.body,
}.items():
    ATTACKS[f"a_hundred_children_of_the_{_name}"] = lambda s, where=_where: where(s).extend(
        etree.Element("{urn:other}More") for _ in range(100)
    )
