// The end of the chain, told to the outside once a day: what is cut off later, by whoever, was there then.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/audit/chain.h"
#include "common/audit/record.h"

namespace wenming::audit {

// One line of "<service>.<instance>.heads.jsonl": {"service", "sequence", "hash", "time", "signature"}; hash and
// signature in base64url, time as RFC 3339 in UTC to the microsecond.
std::string HeadLine(const ChainKey& key, const Head& head, absl::Time time);

// The heads of such a text. DATA_LOSS names the first line that is none of this service's, signed with this key.
absl::StatusOr<std::vector<Head>> ParseHeads(const ChainKey& key, const std::string& text);

// Reads the files of all instances in the folder; empty where there are none, UNAVAILABLE where one cannot be read.
absl::StatusOr<std::vector<Head>> ReadHeads(const ChainKey& key, const std::string& directory);

// Appends a line to the file of the instance, in one write. Processes on one machine may share that; on several they
// may not, since file systems that are shared by a network tear what two append. UNAVAILABLE where it fails.
absl::Status AppendHead(const ChainKey& key, const std::string& directory, const std::string& instance,
                        const std::string& line);

// When the next head is due: at the next midnight in China.
absl::Time NextExport(absl::Time now);

}  // namespace wenming::audit
