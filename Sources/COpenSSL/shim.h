// libcrypto: scrypt (EVP_PBE_scrypt), random bytes, constant-time comparison and digests. Not libssl: TLS is NIOSSL's.
#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
