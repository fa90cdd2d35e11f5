"""Certificates of a test's own authority, as files."""

from pathlib import Path

import trustme
from attrs import frozen


@frozen
class Certificates:
    """A certificate for 127.0.0.1 that serves servers and clients alike, and the authority that signed it."""

    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def issue(cls, directory: Path) -> "Certificates":
        directory.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        made = cls(directory / "authority.pem", directory / "certificate.pem", directory / "key.pem")
        authority.cert_pem.write_to_path(made.authority)
        issued.private_key_pem.write_to_path(made.key)
        issued.cert_chain_pems[0].write_to_path(made.certificate)
        return made

    @property
    def server_options(self) -> dict[str, object]:
        """Options of a store server that takes only clients with a certificate of the same authority."""
        return {
            "tls-cert-file": self.certificate,
            "tls-key-file": self.key,
            "tls-ca-cert-file": self.authority,
            "tls-auth-clients": "yes",
        }

    @property
    def query(self) -> str:
        """The options of an address that name these files."""
        return f"?ssl_ca_certs={self.authority}&ssl_certfile={self.certificate}&ssl_keyfile={self.key}"

    @property
    def client_options(self) -> dict[str, object]:
        return {
            "ssl": True,
            "ssl_ca_certs": str(self.authority),
            "ssl_certfile": str(self.certificate),
            "ssl_keyfile": str(self.key),
        }
