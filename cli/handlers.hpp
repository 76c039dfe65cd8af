#pragma once

#include "base/error.hpp"

namespace automod::cli {

class Arguments;
class Context;

// The functions of the table of commands. Each prints its result and returns the exit code.
Result<int> run_init(Context& context, const Arguments& arguments);
Result<int> run_doctor(Context& context, const Arguments& arguments);
Result<int> run_api(Context& context, const Arguments& arguments);
Result<int> run_analyze(Context& context, const Arguments& arguments);
Result<int> run_index(Context& context, const Arguments& arguments);
Result<int> run_impact(Context& context, const Arguments& arguments);
Result<int> run_map(Context& context, const Arguments& arguments);
Result<int> run_conventions(Context& context, const Arguments& arguments);
Result<int> run_context(Context& context, const Arguments& arguments);
Result<int> run_prompt_list(Context& context, const Arguments& arguments);
Result<int> run_prompt_show(Context& context, const Arguments& arguments);
Result<int> run_rules_list(Context& context, const Arguments& arguments);
Result<int> run_rules_show(Context& context, const Arguments& arguments);
Result<int> run_rules_test(Context& context, const Arguments& arguments);
Result<int> run_propose(Context& context, const Arguments& arguments);
Result<int> run_ask(Context& context, const Arguments& arguments);
Result<int> run_fix(Context& context, const Arguments& arguments);
Result<int> run_optimize(Context& context, const Arguments& arguments);
Result<int> run_models(Context& context, const Arguments& arguments);
Result<int> run_list(Context& context, const Arguments& arguments);
Result<int> run_show(Context& context, const Arguments& arguments);
Result<int> run_explain(Context& context, const Arguments& arguments);
Result<int> run_log(Context& context, const Arguments& arguments);
Result<int> run_log_export(Context& context, const Arguments& arguments);
Result<int> run_try(Context& context, const Arguments& arguments);
Result<int> run_apply(Context& context, const Arguments& arguments);
Result<int> run_rollback(Context& context, const Arguments& arguments);
Result<int> run_merge(Context& context, const Arguments& arguments);
Result<int> run_undo(Context& context, const Arguments& arguments);
Result<int> run_approve(Context& context, const Arguments& arguments);
Result<int> run_review(Context& context, const Arguments& arguments);
Result<int> run_verify(Context& context, const Arguments& arguments);
Result<int> run_watch(Context& context, const Arguments& arguments);
Result<int> run_recover(Context& context, const Arguments& arguments);
Result<int> run_feedback(Context& context, const Arguments& arguments);
Result<int> run_bench(Context& context, const Arguments& arguments);
Result<int> run_gate(Context& context, const Arguments& arguments);
Result<int> run_sandbox_run(Context& context, const Arguments& arguments);
Result<int> run_sandbox_test(Context& context, const Arguments& arguments);
Result<int> run_sandbox_backends(Context& context, const Arguments& arguments);
Result<int> run_cache_show(Context& context, const Arguments& arguments);
Result<int> run_cache_prune(Context& context, const Arguments& arguments);
Result<int> run_key_init(Context& context, const Arguments& arguments);
Result<int> run_key_list(Context& context, const Arguments& arguments);
Result<int> run_key_show(Context& context, const Arguments& arguments);
Result<int> run_completion(Context& context, const Arguments& arguments);
Result<int> run_help(Context& context, const Arguments& arguments);

}  // namespace automod::cli
