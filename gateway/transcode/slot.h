#pragma once

#include <cstdint>
#include <string>

#include "google/protobuf/message.h"

namespace wenming::gateway {

// A place for one value: a singular field, or the next element of a repeated one. The typed Put must be that of the
// field's C++ type.
class Slot {
 public:
  Slot(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field)
      : message_(message), field_(field), reflection_(*message.GetReflection()) {}

  const google::protobuf::FieldDescriptor& field() const { return field_; }

  void Put(int32_t value) { Do(&Reflection::SetInt32, &Reflection::AddInt32, value); }
  void Put(int64_t value) { Do(&Reflection::SetInt64, &Reflection::AddInt64, value); }
  void Put(uint32_t value) { Do(&Reflection::SetUInt32, &Reflection::AddUInt32, value); }
  void Put(uint64_t value) { Do(&Reflection::SetUInt64, &Reflection::AddUInt64, value); }
  void Put(float value) { Do(&Reflection::SetFloat, &Reflection::AddFloat, value); }
  void Put(double value) { Do(&Reflection::SetDouble, &Reflection::AddDouble, value); }
  void Put(bool value) { Do(&Reflection::SetBool, &Reflection::AddBool, value); }
  void Put(std::string value) { Do(&Reflection::SetString, &Reflection::AddString, std::move(value)); }
  void PutEnum(int value) { Do(&Reflection::SetEnumValue, &Reflection::AddEnumValue, value); }
  google::protobuf::Message* PutMessage() {
    return field_.is_repeated() ? reflection_.AddMessage(&message_, &field_)
                                : reflection_.MutableMessage(&message_, &field_);
  }

 private:
  using Reflection = google::protobuf::Reflection;

  template <typename Set, typename Add, typename Value>
  void Do(Set set, Add add, Value value) {
    if (field_.is_repeated()) {
      (reflection_.*add)(&message_, &field_, std::move(value));
    } else {
      (reflection_.*set)(&message_, &field_, std::move(value));
    }
  }

  google::protobuf::Message& message_;
  const google::protobuf::FieldDescriptor& field_;
  const Reflection& reflection_;
};

}  // namespace wenming::gateway
