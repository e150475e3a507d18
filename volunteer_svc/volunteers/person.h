// A person as the center has registered them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// What the person says of himself, cleaned and checked (volunteers_rules.h). In clear: keep it in memory only.
struct Person {
  std::string display_name;
  v1::Volunteer::Sex sex = v1::Volunteer::SEX_UNSPECIFIED;
  absl::CivilDay birth_date;
  v1::Volunteer::IdType id_type = v1::Volunteer::ID_TYPE_UNSPECIFIED;
  std::string id_number;
  std::string phone;
  std::string residence;
  std::vector<std::string> skills;
  std::vector<std::string> service_categories;
};

// Who consents for a minor. In clear, like the person.
struct Guardian {
  std::string display_name;
  v1::Volunteer::IdType id_type = v1::Volunteer::ID_TYPE_UNSPECIFIED;
  std::string id_number;
  std::string phone;
  std::string relationship;
};

// The person with what the platform knows of the membership.
struct VolunteerRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t unit_id = 0;
  std::string number;
  Person person;
  v1::Volunteer::State state = v1::Volunteer::STATE_ACTIVE;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
};

}  // namespace wenming::volunteer
