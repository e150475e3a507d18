// The least a gRPC server can do: the generated callback service, answering GetUnit with one constant unit. What our
// core costs is measured against it.
//
// Prints its port and serves until its standard input ends.

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <string>

#include "wenming/org/v1/units.grpc.pb.h"

namespace {

class PingPong : public wenming::org::v1::UnitsService::CallbackService {
 public:
  PingPong() {
    unit_.set_code("HT-141024100");
    unit_.set_level(wenming::org::v1::Unit::LEVEL_INSTITUTE);
    unit_.set_parent("units/01J5ZC0QX8V3M");
    unit_.set_display_name("大槐树镇新时代文明实践所");
    unit_.set_division_code("141024100000");
    unit_.set_state(wenming::org::v1::Unit::STATE_ACTIVE);
    unit_.set_etag("00000001");
    unit_.mutable_create_time()->set_seconds(1790000000);
    unit_.mutable_update_time()->set_seconds(1790000000);
  }

  grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* context,
                                    const wenming::org::v1::GetUnitRequest* request,
                                    wenming::org::v1::Unit* unit) override {
    *unit = unit_;
    unit->set_name(request->name());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  wenming::org::v1::Unit unit_;
};

}  // namespace

int main() {
  PingPong service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << port << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  server->Shutdown();
  return 0;
}
