// What the resource services of volunteer_svc stand on.
#pragma once

#include "common/audit/trail.h"
#include "common/auth/directory.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/paging/paging.h"

namespace wenming::volunteer {

// References to thread-safe things that outlive the services.
struct Dependencies {
  db::Pool& db;
  ids::Generator& ids;
  const paging::Pager& pager;
  const auth::Directory& directory;
  const crypto::DataCipher& cipher;
  const crypto::BlindIndex& blind_index;
  crypto::RandomSource random;
  const audit::Trail& trail;
};

}  // namespace wenming::volunteer
