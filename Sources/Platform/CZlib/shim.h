// zlib: gzip for the pages' files.
#pragma once

#include <zlib.h>
