#include "gateway/ops/assets.h"

extern "C" {
extern const char packed_ops_html_begin[], packed_ops_html_end[];
extern const char packed_ops_css_begin[], packed_ops_css_end[];
extern const char packed_ops_main_begin[], packed_ops_main_end[];
extern const char packed_ops_charts_begin[], packed_ops_charts_end[];
extern const char packed_ops_figures_begin[], packed_ops_figures_end[];
extern const char packed_ops_samples_begin[], packed_ops_samples_end[];
extern const char packed_ops_session_begin[], packed_ops_session_end[];
extern const char packed_ops_view_begin[], packed_ops_view_end[];
extern const char packed_ops_words_begin[], packed_ops_words_end[];
extern const char packed_uplot_css_begin[], packed_uplot_css_end[];
extern const char packed_uplot_js_begin[], packed_uplot_js_end[];
extern const char packed_uplot_license_begin[], packed_uplot_license_end[];
}

namespace wenming::gateway::ops {

using docs::Between;
using docs::kHtml;
using docs::kScript;
using docs::kStyle;
using docs::kText;

std::span<const docs::Asset> Assets() {
  static const docs::Asset kAssets[] = {
      {"/ops", Between(packed_ops_html_begin, packed_ops_html_end), kHtml},
      {"/ops/ops.css", Between(packed_ops_css_begin, packed_ops_css_end), kStyle},
      {"/ops/main.mjs", Between(packed_ops_main_begin, packed_ops_main_end), kScript},
      {"/ops/charts.mjs", Between(packed_ops_charts_begin, packed_ops_charts_end), kScript},
      {"/ops/figures.mjs", Between(packed_ops_figures_begin, packed_ops_figures_end), kScript},
      {"/ops/samples.mjs", Between(packed_ops_samples_begin, packed_ops_samples_end), kScript},
      {"/ops/session.mjs", Between(packed_ops_session_begin, packed_ops_session_end), kScript},
      {"/ops/view.mjs", Between(packed_ops_view_begin, packed_ops_view_end), kScript},
      {"/ops/words.mjs", Between(packed_ops_words_begin, packed_ops_words_end), kScript},
      {"/ops/uPlot.min.css", Between(packed_uplot_css_begin, packed_uplot_css_end), kStyle},
      {"/ops/uPlot.iife.min.js", Between(packed_uplot_js_begin, packed_uplot_js_end), kScript},
      {"/ops/uPlot.LICENSE.txt", Between(packed_uplot_license_begin, packed_uplot_license_end), kText},
  };
  return kAssets;
}

}  // namespace wenming::gateway::ops
