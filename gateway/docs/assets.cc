#include "gateway/docs/assets.h"

extern "C" {
extern const char packed_docs_html_begin[], packed_docs_html_end[];
extern const char packed_docs_js_begin[], packed_docs_js_end[];
extern const char packed_swagger_ui_css_begin[], packed_swagger_ui_css_end[];
extern const char packed_swagger_ui_js_begin[], packed_swagger_ui_js_end[];
extern const char packed_swagger_ui_license_begin[], packed_swagger_ui_license_end[];
}

namespace wenming::gateway::docs {
std::span<const Asset> Assets() {
  static const Asset kAssets[] = {
      {"/docs", Between(packed_docs_html_begin, packed_docs_html_end), kHtml},
      {"/docs/docs.js", Between(packed_docs_js_begin, packed_docs_js_end), kScript},
      {"/docs/swagger-ui.css", Between(packed_swagger_ui_css_begin, packed_swagger_ui_css_end), kStyle},
      {"/docs/swagger-ui-bundle.js", Between(packed_swagger_ui_js_begin, packed_swagger_ui_js_end), kScript},
      {"/docs/swagger-ui-bundle.js.LICENSE.txt",
       Between(packed_swagger_ui_license_begin, packed_swagger_ui_license_end), kText},
  };
  return kAssets;
}

const char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace wenming::gateway::docs
