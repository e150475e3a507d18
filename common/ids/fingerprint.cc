#include "common/ids/fingerprint.h"

#include "common/crypto/digest.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace wenming::ids {

std::string Fingerprint(const google::protobuf::Message& message) {
  std::string bytes = message.GetTypeName();
  bytes.push_back('\0');
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&output);
  }
  return crypto::Sha256(bytes);
}

}  // namespace wenming::ids
