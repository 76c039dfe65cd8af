-- What one execution cost: NULL in rows of automods that did not measure it.
ALTER TABLE sandbox_executions ADD COLUMN setup_us INTEGER;
ALTER TABLE sandbox_executions ADD COLUMN run_us INTEGER;
ALTER TABLE sandbox_executions ADD COLUMN teardown_us INTEGER;
ALTER TABLE sandbox_executions ADD COLUMN peak_memory_bytes INTEGER;
ALTER TABLE sandbox_executions ADD COLUMN written_bytes INTEGER;
