"""The settings of one hub: one typed class with the unit in each name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .typed import Field, Typed

OFF = "off"
"""What `text_reader` says where nothing is to be read."""
_HTTP = ("http", "https")


@dataclass(frozen=True, kw_only=True)
class Settings(Typed):
    """Everything that can be set; each field is the TOML key and, upper-cased with `UGC_HUB_`, the variable."""

    data_dir: Path = Field(default=Path("var"), description="Folder of the database, the objects and the mail outbox.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL; empty means SQLite in `data_dir`. PostgreSQL: `postgresql+psycopg://…`.",
    )
    storage_url: str = Field(
        default="",
        description="`file://…` or `s3://bucket/prefix?endpoint=…`; empty means a folder in `data_dir`.",
    )
    index_url: str = Field(
        default="",
        pattern=r"^((tantivy|whoosh):.*)?$",
        description="Index of the search: `tantivy:` or, for some thousand assets, `whoosh:`, with its folder on a "
        "disk of this machine; empty means `tantivy:` and `index` in `data_dir`.",
    )
    secret_key: str = Field(
        default="",
        description="Signs links and cookies; empty means one is made once and kept in `data_dir`.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the web server listens on.")
    base_url: str = Field(
        default="",
        schemes=_HTTP,
        description="Address that people and mails use; empty means `http://host:port`. https turns on secure cookies.",
    )
    trusted_hosts: list[str] = Field(
        default_factory=list,
        description="Host names that requests may carry; empty means that of `base_url` and loopback.",
    )
    proxy_hops: int = Field(
        default=0, ge=0, le=5, description="Reverse proxies in front whose X-Forwarded headers count."
    )
    web_threads: int = Field(default=64, ge=4, le=512, description="Requests served at once; slow clients need many.")
    workers: int = Field(default=2, ge=1, le=64, description="Worker processes on this machine.")
    lease_s: float = Field(
        default=30.0, ge=1, description="Seconds after which a silent worker's job is given to another."
    )
    job_attempts: int = Field(default=4, ge=1, le=20, description="Tries of one job before it counts as dead.")
    upload_max_bytes: int = Field(default=2_000_000_000, ge=1, description="Largest original that is taken.")
    sign_in_link_s: int = Field(default=1800, ge=60, description="Seconds that a one-time sign-in link works.")
    session_s: int = Field(default=14 * 86400, ge=300, description="Seconds that a session lasts without use.")
    orphan_grace_s: int = Field(
        default=86400, ge=60, description="Age in seconds at which bytes without a record are collected."
    )
    trash_days: int = Field(default=30, ge=1, le=3650, description="Days after which an asset in the trash is erased.")
    min_free_bytes: int = Field(
        default=200_000_000, ge=0, description="Uploads are refused while the disk has less room than this."
    )
    child_memory_bytes: int = Field(
        default=3_000_000_000,
        ge=500_000_000,
        description="Address space of a process that reads an untrusted file.",
    )
    child_wall_s: float = Field(default=300.0, ge=5, description="Seconds after which such a process is stopped.")
    smtp_url: str = Field(
        default="",
        schemes=("smtp", "smtps"),
        description="`smtp://user:password@host:587` (STARTTLS) or `smtps://…`; empty writes mails to a folder.",
    )
    mail_from: str = Field(default="UGC Hub <hub@localhost>", description="Sender of mails.")
    party: str = Field(
        default="brand",
        pattern=r"^[a-zA-Z0-9._-]{1,60}$",
        description="Id of the company that runs the hub, as grants name it; every use is asked for it.",
    )
    territories: list[str] = Field(
        default_factory=lambda: ["WORLD"],
        description="Where a use takes place when nobody says so: countries, regions such as `US-NY`, groups such as "
        "`EU`, or `WORLD`.",
    )
    takedown_s: int = Field(
        default=86400, ge=3600, description="Seconds within which a copy is to be taken down after a withdrawal."
    )
    erasure_proof_days: int = Field(
        default=1095,
        ge=30,
        le=36_500,
        description="Days for which the proof of an erasure is kept, with its reason, and who made a claim that is "
        "settled; then only the audit tells of it.",
    )
    brand_name: str = Field(
        default="",
        max_length=200,
        description="Name of the company in mails, agreements and renditions of its own content; empty means `party`.",
    )
    rights_request_days: int = Field(
        default=21, ge=8, le=365, description="Days after which a rights request that nobody answered expires."
    )
    c2pa_chain: Path | None = Field(
        default=None,
        description="PEM file of the certificates that sign copies with Content Credentials, the leaf first; empty: "
        "copies are not signed. Needs the extra `c2pa`.",
    )
    c2pa_key: Path | None = Field(default=None, description="PEM file of the leaf's private key, without a password.")
    c2pa_algorithm: str = Field(
        default="es256", pattern="^(es256|es384|es512|ps256|ps384|ps512|ed25519)$", description="How the key signs."
    )
    c2pa_timestamp_url: str = Field(
        default="",
        schemes=_HTTP,
        description="Authority (RFC 3161) that attests the time of each signature; empty: none.",
    )
    audit_timestamp_url: str = Field(
        default="",
        schemes=_HTTP,
        description="Authority (RFC 3161) that attests the newest entry of the audit once a day; empty: none.",
    )
    audit_timestamp_roots: Path | None = Field(
        default=None, description="PEM file of the root certificates that its answers must lead to."
    )
    rights_vocabulary: Path | None = Field(
        default=None,
        description="TOML file with your own disclosure words by country and your own thresholds of proof.",
    )
    webhooks_private: bool = Field(
        default=False,
        description="Webhooks may go to private and loopback addresses, even without https.",
    )
    embedder: str = Field(
        default="",
        pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_]\w*)?$",
        description="What tells how pictures look, as `module:attribute`; empty: the hub's own descriptor.",
    )
    text_reader: str = Field(
        default="",
        pattern=r"^(off|[A-Za-z_][\w.]*:[A-Za-z_]\w*)?$",
        description="What reads the words in pictures, as `module:attribute`; empty: tesseract, where it is installed "
        "(Debian: `tesseract-ocr`); `off`: nothing.",
    )
    text_languages: list[str] = Field(
        pattern=r"^[a-z]{2,3}([_-]\w+)?$",
        default_factory=lambda: ["en"],
        max_length=10,
        description="Languages of the words in pictures: ISO 639-1, or what the reader calls them. Each one more makes "
        "reading slower and less sure; those that are not installed (Debian: `tesseract-ocr-deu`, …) are left out.",
    )
    speech_recogniser: str = Field(
        default="",
        pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_]\w*)?$",
        description="What hears what is said in videos, as `module:attribute`; empty: nothing does. "
        "`workers.media.recorded:Recorded` tells what was recorded in `speech_files`.",
    )
    speech_files: Path | None = Field(
        default=None, description="File or folder that the recogniser works with, such as its model."
    )
    presets_dir: Path | None = Field(default=None, description="Folder of further preset files (TOML).")
    overlays_dir: Path | None = Field(
        default=None,
        description="Folder of templates of overlays (TOML with Jinja) beside those of the house; one of the same name "
        "comes first.",
    )
    compositions_dir: Path | None = Field(
        default=None,
        description="Folder of your own compositions (Python with MoviePy); needs the extra `compose`.",
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="Least severe message logged."
    )

    @property
    def database(self) -> str:
        """SQLAlchemy URL that is in force."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'hub.sqlite').absolute()}"

    @property
    def storage(self) -> str:
        """Storage URL that is in force."""
        return self.storage_url or (self.data_dir / "objects").absolute().as_uri()

    @property
    def index(self) -> Path:
        """Folder of the index that is in force."""
        folder = self.index_url.partition(":")[2]
        return Path(folder) if folder else self.data_dir / "index"

    @property
    def runs(self) -> Path:
        """Folder that the workers of this machine share for private files, locks and wake-up calls."""
        return self.data_dir / "run"

    @property
    def brand(self) -> str:
        """How the company is called."""
        return self.brand_name or self.party

    @property
    def credit(self) -> str | None:
        """How the company is named in what it hands out; None while neither `brand_name` nor `party` is set."""
        unnamed = self.party == type(self).party
        return self.brand_name or (None if unnamed else self.party)

    @property
    def address(self) -> str:
        """Base address for links, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host  # RFC 3986, section 3.2.2
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")
