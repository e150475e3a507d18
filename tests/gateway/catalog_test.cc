#include "gateway/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/metrics.h"
#include "gateway/server/route_table.h"
#include "tests/gateway/support/descriptors.h"

namespace wenming::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kLibrary[] = "/wenming.gateway.testdata.Library/";

TEST(CatalogTest, KnowsWhatCallersFromOutsideMayCall) {
  auto catalog = LibraryCatalog();
  ASSERT_NE(catalog, nullptr);
  EXPECT_EQ(catalog->methods().size(), 19u);
  EXPECT_EQ(catalog->Find(std::string(kLibrary) + "ListAuthors")->max_age_seconds, 60);
  EXPECT_EQ(catalog->Find(std::string(kLibrary) + "GetBook")->max_age_seconds, 0);
  EXPECT_NE(catalog->Find(std::string(kLibrary) + "GetBook"), nullptr);
  EXPECT_TRUE(catalog->Find(std::string(kLibrary) + "WatchBooks")->streams());
  EXPECT_EQ(catalog->Find(std::string(kLibrary) + "Replicate"), nullptr);
  EXPECT_EQ(catalog->Find(std::string(kLibrary) + "Nothing"), nullptr);
  EXPECT_EQ(catalog->Find(""), nullptr);
}

TEST(CatalogTest, FindsTypesOfTheSetAndOfTheGateway) {
  auto catalog = LibraryCatalog();
  EXPECT_NE(catalog->FindMessage("wenming.gateway.testdata.Book"), nullptr);
  EXPECT_NE(catalog->FindMessage("google.rpc.ErrorInfo"), nullptr);
  EXPECT_EQ(catalog->FindMessage("wenming.gateway.testdata.Nothing"), nullptr);
}

TEST(CatalogTest, LongestPackageWins) {
  auto catalog = Catalog::Make({.sets = {TestDescriptors(), TestDescriptors()},
                                .packages = {"wenming", "wenming.gateway.testdata", "wenming.gateway.test"}});
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  for (const Method& method : (*catalog)->methods()) EXPECT_EQ(method.backend, 1u);
}

TEST(CatalogTest, NamesPackagesWithoutBackEnd) {
  auto catalog = Catalog::Make({.sets = {TestDescriptors()}, .packages = {"elsewhere"}});
  ASSERT_TRUE(catalog.ok());
  EXPECT_TRUE((*catalog)->methods().empty());
  EXPECT_THAT((*catalog)->unserved_packages(), ElementsAre("wenming.gateway.testdata"));
}

TEST(CatalogTest, RefusesASetWithoutItsImports) {
  auto set = TestDescriptors();
  set.mutable_file()->DeleteSubrange(0, 1);
  auto catalog = Catalog::Make({.sets = {set}, .packages = {"wenming.gateway.testdata"}});
  EXPECT_EQ(catalog.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(CatalogTest, ForeignModeRefusesOurs) {
  auto catalog = Catalog::Make(
      {.sets = {TestDescriptors()}, .packages = {"wenming.gateway.testdata"}, .access = AccessMode::kNone});
  EXPECT_EQ(catalog.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(catalog.status().message()), HasSubstr("Library.GetBook"));
}

TEST(CatalogTest, ForeignModeServesForeignServices) {
  auto catalog = Catalog::Make(
      {.sets = {TestDescriptors("NoAccess")}, .packages = {"wenming.gateway.broken"}, .access = AccessMode::kNone});
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_EQ((*catalog)->methods().size(), 1u);
}

// Each service of broken.proto with what the operator is told.
TEST(CatalogTest, RefusesToStart) {
  const struct {
    const char* service;
    const char* says;
  } kCases[] = {
      {"NoAccess", "does not say who may call it"},
      {"ServiceOnlyRoute", "is for services only"},
      {"ClientStreamingRoute", "client streams cannot have an HTTP route"},
      {"Duplicate", "two routes fit the same requests"},
      {"Ambiguous", "neither is closer"},
      {"CachedPrivate", "it is not for everybody"},
      {"CachedReveal", "it reveals"},
      {"CachedPost", "it has no GET route, or others besides"},
      {"CachedStream", "it streams"},
      {"CachedForNoTime", "max_age_seconds is below 1"},
      {"CachedPage", "its route answers with a page as well"},
      {"UnknownVariable", "\"nome\""},
      {"MessageVariable", "\"inner\""},
      {"RepeatedVariable", "\"list\""},
      {"UnknownBody", "body \"nothing\""},
      {"BadTemplate", "\"**\" that is not last"},
  };
  for (const auto& test : kCases) {
    auto catalog = Catalog::Make({.sets = {TestDescriptors(test.service)}, .packages = {"wenming.gateway.broken"}});
    absl::Status status = catalog.status();
    if (catalog.ok()) {
      Metrics metrics;
      status = RouteTable::Make(**catalog, metrics).status();
    }
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.says)) << test.service;
  }
}

}  // namespace
}  // namespace wenming::gateway
