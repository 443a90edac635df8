// libcrypto: scrypt (EVP_PBE_scrypt), random bytes, constant-time comparison digests and HMAC. Not libssl: TLS is NIOSSL's.
#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
