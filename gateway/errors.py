"""Refusals: every way the gateway says no, each with a stable code.

A refusal is an answer, not an accident. Its `code` is part of the contract with partners, its `detail`
is shown to the caller, its `reason` only to our own log: what helps a clerk also helps an attacker, so
security refusals carry a reason and no detail.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is the domain's word for it, and not always an error.
    """The gateway declines, with a stable code and a sentence in Russian and English."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    """HTTP status of the problem document (RFC 9457)."""
    exit_status: ClassVar[int] = 1
    """Exit status of a command: 1 a refusal, 2 wrong use."""
    title_en: ClassVar[str] = "The request was refused."
    title_ru: ClassVar[str] = "Запрос отклонён."

    def __init__(self, detail: str = "", *, where: str = "", reason: str = "") -> None:
        super().__init__(detail or reason or self.title_en)
        self.detail = detail
        """What the caller may read: what is wrong and what to do."""
        self.where = where
        """The file, field, path or argument that is meant."""
        self.reason = reason or detail
        """What our own log keeps; never sent outside."""

    def title(self, language: str) -> str:
        """The general sentence of this kind of refusal in `ru` or `en`."""
        return self.title_ru if language == "ru" else self.title_en


class Misuse(Refusal):
    """A command or a setting is wrong: a missing file, an unknown name, a port in use."""

    code = "misuse"
    exit_status = 2
    title_en = "The command cannot be carried out as it was given."
    title_ru = "Команду нельзя выполнить в таком виде."


class Unreadable(Refusal):
    """Input that cannot be read as what it claims to be: truncated, empty, wrongly encoded."""

    code = "unreadable"
    title_en = "The input cannot be read as what it claims to be."
    title_ru = "Входные данные не читаются в заявленном формате."


class TooLarge(Refusal):
    """Input beyond a stated limit of size, depth or number."""

    code = "too-large"
    status = 413
    title_en = "The input is larger than this node accepts."
    title_ru = "Размер входных данных превышает допустимый для узла."


class MalformedXml(Refusal):
    """Bytes that are not XML as this gateway reads it (message-security rules 1 and 12)."""

    code = "malformed-xml"
    title_en = "The message is not well-formed XML of the accepted form."
    title_ru = "Сообщение не является корректным XML допустимого вида."


class SignatureInvalid(Refusal):
    """A signature that is missing, wrapped, altered or not of our profile; the reason stays inside."""

    code = "signature-invalid"
    status = 401
    title_en = "The signature of the message is not valid."
    title_ru = "Подпись сообщения недействительна."


class UnknownPartner(Refusal):
    """A sender this node has no active agreement key for."""

    code = "unknown-partner"
    status = 401
    title_en = "The sender is not a known active partner."
    title_ru = "Отправитель не является известным действующим партнёром."


class WrongReceiver(Refusal):
    """A message addressed to somebody else."""

    code = "wrong-receiver"
    title_en = "The message is addressed to another receiver."
    title_ru = "Сообщение адресовано другому получателю."


class UnknownVersion(Refusal):
    """A schema version this node does not speak; the detail names those it does."""

    code = "unknown-version"
    title_en = "The version of the exchange format is not known to this node."
    title_ru = "Версия формата обмена неизвестна этому узлу."


class SchemaInvalid(Refusal):
    """A message that breaks the XSD or a business rule as a whole."""

    code = "schema-invalid"
    status = 422
    title_en = "The message does not follow the exchange format."
    title_ru = "Сообщение не соответствует формату обмена."


class Expired(Refusal):
    """A message outside its signed lifetime (60 s of clock skew allowed)."""

    code = "expired"
    title_en = "The message is outside its period of validity."
    title_ru = "Срок действия сообщения истёк или ещё не начался."


class Replayed(Refusal):
    """A message id seen before with other bytes."""

    code = "replayed"
    status = 409
    title_en = "A different message with this identifier was received before."
    title_ru = "Ранее получено другое сообщение с этим идентификатором."


class NotPermitted(Refusal):
    """No agreement, purpose or agency class allows it. Says the same whatever the cause."""

    code = "not-permitted"
    status = 403
    title_en = "No agreement in force permits this."
    title_ru = "Действующие соглашения этого не допускают."


class NotAuthenticated(Refusal):
    """No token, or one that does not hold."""

    code = "not-authenticated"
    status = 401
    title_en = "Sign in first: the access token is missing or no longer valid."
    title_ru = "Требуется вход: токен доступа отсутствует или недействителен."


class NotFound(Refusal):
    """Nothing of that name here."""

    code = "not-found"
    status = 404
    title_en = "There is nothing here under that name."
    title_ru = "По этому имени ничего не найдено."


class InvalidRequest(Refusal):
    """A request whose parameters or JSON do not fit; `where` names the field."""

    code = "invalid-request"
    status = 422
    title_en = "The request does not have the expected form."
    title_ru = "Запрос не имеет ожидаемой формы."


class Unavailable(Refusal):
    """Something this node needs does not answer now; try again."""

    code = "unavailable"
    status = 503
    title_en = "The node cannot answer right now; try again later."
    title_ru = "Узел сейчас не может ответить; повторите позже."


class ProfileInvalid(Refusal):
    """A mapping profile that cannot be used; the detail says where."""

    code = "profile-invalid"
    exit_status = 2
    title_en = "The mapping profile is not usable."
    title_ru = "Профиль отображения непригоден."


class KeyUnusable(Refusal):
    """A key or certificate that cannot be opened or must not be used."""

    code = "key-unusable"
    title_en = "The key or certificate cannot be used."
    title_ru = "Ключ или сертификат нельзя использовать."


class AlgorithmUnavailable(KeyUnusable):
    """A key of an algorithm that this node has no provider for: its library is missing or failed its self-test."""

    code = "algorithm-unavailable"
    title_en = "This node has no working provider for the signature algorithm."
    title_ru = "На узле нет исправного средства для этого алгоритма подписи."


class CertificateExpired(KeyUnusable):
    """A certificate whose time is over, or that of its chain."""

    code = "certificate-expired"
    title_en = "The certificate has expired."
    title_ru = "Срок действия сертификата истёк."


class CertificateNotYetValid(KeyUnusable):
    """A certificate whose time has not come, or that of its chain."""

    code = "certificate-not-yet-valid"
    title_en = "The certificate is not valid yet."
    title_ru = "Срок действия сертификата ещё не начался."


class CertificateWrongUsage(KeyUnusable):
    """A certificate for another use, or a CA that may not issue what it issued."""

    code = "certificate-wrong-usage"
    title_en = "The certificate is not meant for this use."
    title_ru = "Сертификат не предназначен для такого использования."


class CertificateWeak(KeyUnusable):
    """A key that is too short, or a signature by a broken hash."""

    code = "certificate-weak"
    title_en = "The key or the hash of the certificate is too weak, or of a size that is not taken."
    title_ru = "Ключ или хеш-функция сертификата недостаточно стойки либо имеют недопустимый размер."


class CertificateUnknownAlgorithm(KeyUnusable):
    """A curve or a kind of key that this node does not check."""

    code = "certificate-unknown-algorithm"
    title_en = "The certificate uses a curve or an algorithm that this node does not take."
    title_ru = "Сертификат использует кривую или алгоритм, не принимаемые узлом."


class ChainIncomplete(KeyUnusable):
    """A certificate of a CA that came without the certificates between."""

    code = "chain-incomplete"
    title_en = "The chain of the certificate is not complete."
    title_ru = "Цепочка сертификата неполна."


class ChainInvalid(KeyUnusable):
    """A chain with a step that does not hold."""

    code = "chain-invalid"
    title_en = "The chain of the certificate does not hold."
    title_ru = "Цепочка сертификата недействительна."


class ChainNotAnchored(KeyUnusable):
    """A chain that ends at no anchor of its party."""

    code = "chain-not-anchored"
    title_en = "The chain of the certificate ends at no anchor that was approved for its owner."
    title_ru = "Цепочка сертификата не ведёт к доверенному центру, утверждённому для его владельца."


class CertificateRevoked(KeyUnusable):
    """A certificate that its CA has revoked or put on hold."""

    code = "certificate-revoked"
    title_en = "The certificate has been revoked by its CA."
    title_ru = "Сертификат отозван удостоверяющим центром."


class RevocationUnknown(KeyUnusable):
    """Nobody can say now whether the certificate was revoked, and the time to go on without is over."""

    code = "revocation-unknown"
    title_en = "It is not known whether the certificate has been revoked."
    title_ru = "Неизвестно, отозван ли сертификат."


class RevocationRefused(KeyUnusable):
    """A list of revoked certificates, or an answer about one, that cannot be believed."""

    code = "revocation-refused"
    title_en = "The statement on revoked certificates cannot be believed."
    title_ru = "Сведениям об отзыве сертификатов нельзя доверять."


class Damaged(Refusal):
    """A stored value that does not open: changed, moved to another place, or broken with the disk."""

    code = "data-damaged"
    status = 500
    title_en = "A stored value was changed outside this program, or is damaged; restore it from the backup."
    title_ru = "Сохранённое значение изменено вне программы или повреждено; восстановите его из резервной копии."


class ApprovalClosed(Refusal):
    """A vote on a request that was approved, rejected or has run out."""

    code = "approval-closed"
    status = 409
    title_en = "The request is closed."
    title_ru = "Запрос уже закрыт."


class ApprovalRequired(Refusal):
    """An act that needs a second person (four eyes)."""

    code = "approval-required"
    status = 403
    title_en = "A second person has to approve this."
    title_ru = "Требуется подтверждение вторым лицом."


class DatabaseVersion(Refusal):
    """A database whose schema is newer or older than this program."""

    code = "database-version"
    exit_status = 2
    title_en = "The database has another version than this program."
    title_ru = "Версия базы данных не соответствует версии программы."


class LogInconsistent(Refusal):
    """A tamper-evident log that contradicts itself or what was seen before."""

    code = "log-inconsistent"
    status = 500
    title_en = "The tamper-evident log does not hold."
    title_ru = "Журнал с контролем целостности нарушен."


class SparkMissing(Refusal):
    """`--engine spark` on a machine without the optional packages or without Java."""

    code = "spark-missing"
    exit_status = 2
    title_en = (
        "Linking on Spark needs the extra [spark] (pip install 'cis-migration-gateway[spark]') and Java 17 or newer."
    )
    title_ru = (
        "Для связывания на Spark нужны пакеты [spark] (pip install 'cis-migration-gateway[spark]') и Java 17 или новее."
    )


class SparkFailed(Refusal):
    """Spark did not start, was not reached, or gave up a task."""

    code = "spark-failed"
    status = 503
    title_en = "Spark did not finish the work; nothing was written."
    title_ru = "Работа на Spark не завершена; ничего не записано."
