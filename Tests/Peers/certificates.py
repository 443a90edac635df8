"""Two certificate authorities that do not know each other, and what they signed, made anew for each run."""

from pathlib import Path

import trustme


class Certificates:
    """Paths of PEM files; the server's certificate is for `localhost` and 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        authority, stranger = trustme.CA(), trustme.CA()
        self.ca = self._write(folder / "ca.pem", authority.cert_pem)
        self.stranger_ca = self._write(folder / "stranger-ca.pem", stranger.cert_pem)
        self.server_cert, self.server_key = self._issue(folder, "server", authority, "localhost", "127.0.0.1")
        self.client_cert, self.client_key = self._issue(folder, "client", authority, "orders.ticketing.test")
        self.stranger_cert, self.stranger_key = self._issue(folder, "stranger", stranger, "orders.ticketing.test")
        self.other_name_cert, self.other_name_key = self._issue(folder, "other-name", authority, "elsewhere.test")

    def server_options(self, client_ca: bool = False) -> list[str]:
        options = ["--tls-cert", str(self.server_cert), "--tls-key", str(self.server_key)]
        return [*options, "--client-ca", str(self.ca)] if client_ca else options

    @staticmethod
    def _write(path: Path, blob: trustme.Blob) -> Path:
        blob.write_to_path(path)
        return path

    def _issue(self, folder: Path, name: str, authority: trustme.CA, *identities: str) -> tuple[Path, Path]:
        certificate = authority.issue_cert(*identities)
        chain = folder / f"{name}.pem"
        for index, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(chain, append=index > 0)
        return chain, self._write(folder / f"{name}.key", certificate.private_key_pem)
