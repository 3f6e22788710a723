namespace Shale.Vitess;

/// <summary>
/// More relations as <see cref="CatalogLayout"/> lists them: what statistics and the standard's schema have besides. Most are empty, for there is nothing of their kind: tools ask them and take that for an answer.
/// </summary>
internal static class CatalogMoreLayout
{
    /// <summary>Those of <c>pg_catalog</c>.</summary>
    public const string PgCatalog = """
        pg_config 12130 v
            name:text setting:text
        pg_file_settings 12110 v
            sourcefile:text sourceline:int4 seqno:int4 name:text setting:text applied:bool error:text
        pg_hba_file_rules 12114 v
            line_number:int4 type:text database:_text user_name:_text address:text netmask:text auth_method:text options:_text error:text
        pg_ident_file_mappings 12118 v
            line_number:int4 map_name:text sys_name:text pg_username:text error:text
        pg_largeobject 2613 r
            loid:oid! pageno:int4! data:bytea!
        pg_stat_archiver 12285 v
            archived_count:int8 last_archived_wal:text last_archived_time:timestamptz failed_count:int8 last_failed_wal:text last_failed_time:timestamptz stats_reset:timestamptz
        pg_stat_bgwriter 12289 v
            checkpoints_timed:int8 checkpoints_req:int8 checkpoint_write_time:float8 checkpoint_sync_time:float8 buffers_checkpoint:int8 buffers_clean:int8 maxwritten_clean:int8
            buffers_backend:int8 buffers_backend_fsync:int8 buffers_alloc:int8 stats_reset:timestamptz
        pg_stat_database_conflicts 12271 v
            datid:oid datname:name confl_tablespace:int8 confl_lock:int8 confl_snapshot:int8 confl_bufferpin:int8 confl_deadlock:int8
        pg_stat_gssapi 12253 v
            pid:int4 gss_authenticated:bool principal:text encrypted:bool
        pg_stat_progress_analyze 12297 v
            pid:int4 datid:oid datname:name relid:oid phase:text sample_blks_total:int8 sample_blks_scanned:int8 ext_stats_total:int8 ext_stats_computed:int8 child_tables_total:int8
            child_tables_done:int8 current_child_table_relid:oid
        pg_stat_progress_basebackup 12317 v
            pid:int4 phase:text backup_total:int8 backup_streamed:int8 tablespaces_total:int8 tablespaces_streamed:int8
        pg_stat_progress_cluster 12307 v
            pid:int4 datid:oid datname:name relid:oid command:text phase:text cluster_index_relid:oid heap_tuples_scanned:int8 heap_tuples_written:int8 heap_blks_total:int8
            heap_blks_scanned:int8 index_rebuild_count:int8
        pg_stat_progress_copy 12322 v
            pid:int4 datid:oid datname:name relid:oid command:text type:text bytes_processed:int8 bytes_total:int8 tuples_processed:int8 tuples_excluded:int8
        pg_stat_progress_create_index 12312 v
            pid:int4 datid:oid datname:name relid:oid index_relid:oid command:text phase:text lockers_total:int8 lockers_done:int8 current_locker_pid:int8 blocks_total:int8 blocks_done:int8
            tuples_total:int8 tuples_done:int8 partitions_total:int8 partitions_done:int8
        pg_stat_progress_vacuum 12302 v
            pid:int4 datid:oid datname:name relid:oid phase:text heap_blks_total:int8 heap_blks_scanned:int8 heap_blks_vacuumed:int8 index_vacuum_count:int8 max_dead_tuples:int8
            num_dead_tuples:int8
        pg_stat_replication_slots 12262 v
            slot_name:text spill_txns:int8 spill_count:int8 spill_bytes:int8 stream_txns:int8 stream_count:int8 stream_bytes:int8 total_txns:int8 total_bytes:int8 stats_reset:timestamptz
        pg_stat_ssl 12249 v
            pid:int4 ssl:bool version:text cipher:text bits:int4 client_dn:text client_serial:numeric issuer_dn:text
        pg_stat_subscription 12244 v
            subid:oid subname:name pid:int4 relid:oid received_lsn:pg_lsn last_msg_send_time:timestamptz last_msg_receipt_time:timestamptz latest_end_lsn:pg_lsn latest_end_time:timestamptz
        pg_stat_subscription_stats 12336 v
            subid:oid subname:name apply_error_count:int8 sync_error_count:int8 stats_reset:timestamptz
        pg_stat_sys_indexes 12188 v
            relid:oid indexrelid:oid schemaname:name relname:name indexrelname:name idx_scan:int8 idx_tup_read:int8 idx_tup_fetch:int8
        pg_stat_sys_tables 12152 v
            relid:oid schemaname:name relname:name seq_scan:int8 seq_tup_read:int8 idx_scan:int8 idx_tup_fetch:int8 n_tup_ins:int8 n_tup_upd:int8 n_tup_del:int8 n_tup_hot_upd:int8
            n_live_tup:int8 n_dead_tup:int8 n_mod_since_analyze:int8 n_ins_since_vacuum:int8 last_vacuum:timestamptz last_autovacuum:timestamptz last_analyze:timestamptz
            last_autoanalyze:timestamptz vacuum_count:int8 autovacuum_count:int8 analyze_count:int8 autoanalyze_count:int8
        pg_stat_user_functions 12275 v
            funcid:oid schemaname:name funcname:name calls:int8 total_time:float8 self_time:float8
        pg_stat_wal 12293 v
            wal_records:int8 wal_fpi:int8 wal_bytes:numeric wal_buffers_full:int8 wal_write:int8 wal_sync:int8 wal_write_time:float8 wal_sync_time:float8 stats_reset:timestamptz
        pg_stat_wal_receiver 12236 v
            pid:int4 status:text receive_start_lsn:pg_lsn receive_start_tli:int4 written_lsn:pg_lsn flushed_lsn:pg_lsn received_tli:int4 last_msg_send_time:timestamptz
            last_msg_receipt_time:timestamptz latest_end_lsn:pg_lsn latest_end_time:timestamptz slot_name:text sender_host:text sender_port:int4 conninfo:text
        pg_statio_all_indexes 12196 v
            relid:oid indexrelid:oid schemaname:name relname:name indexrelname:name idx_blks_read:int8 idx_blks_hit:int8
        pg_statio_all_sequences 12209 v
            relid:oid schemaname:name relname:name blks_read:int8 blks_hit:int8
        pg_statio_sys_indexes 12201 v
            relid:oid indexrelid:oid schemaname:name relname:name indexrelname:name idx_blks_read:int8 idx_blks_hit:int8
        pg_statio_sys_sequences 12214 v
            relid:oid schemaname:name relname:name blks_read:int8 blks_hit:int8
        pg_statio_sys_tables 12175 v
            relid:oid schemaname:name relname:name heap_blks_read:int8 heap_blks_hit:int8 idx_blks_read:int8 idx_blks_hit:int8 toast_blks_read:int8 toast_blks_hit:int8 tidx_blks_read:int8
            tidx_blks_hit:int8
        pg_statio_user_indexes 12205 v
            relid:oid indexrelid:oid schemaname:name relname:name indexrelname:name idx_blks_read:int8 idx_blks_hit:int8
        pg_statio_user_sequences 12218 v
            relid:oid schemaname:name relname:name blks_read:int8 blks_hit:int8
        pg_stats 12053 v
            schemaname:name tablename:name attname:name inherited:bool null_frac:float4 avg_width:int4 n_distinct:float4 most_common_vals:anyarray most_common_freqs:_float4
            histogram_bounds:anyarray correlation:float4 most_common_elems:anyarray most_common_elem_freqs:_float4 elem_count_histogram:_float4
        pg_stats_ext 12058 v
            schemaname:name tablename:name statistics_schemaname:name statistics_name:name statistics_owner:name attnames:_name exprs:_text kinds:_char inherited:bool n_distinct:text
            dependencies:text most_common_vals:_text most_common_val_nulls:_bool most_common_freqs:_float8 most_common_base_freqs:_float8
        pg_stats_ext_exprs 12063 v
            schemaname:name tablename:name statistics_schemaname:name statistics_name:name statistics_owner:name expr:text inherited:bool null_frac:float4 avg_width:int4 n_distinct:float4
            most_common_vals:anyarray most_common_freqs:_float4 histogram_bounds:anyarray correlation:float4 most_common_elems:anyarray most_common_elem_freqs:_float4
            elem_count_histogram:_float4
        """;

    /// <summary>Those of <c>information_schema</c>.</summary>
    public const string InformationSchema = """
        administrable_role_authorizations 13241 v
            grantee:name role_name:name is_grantable:varchar
        attributes 13245 v
            udt_catalog:name udt_schema:name udt_name:name attribute_name:name ordinal_position:int4 attribute_default:varchar is_nullable:varchar data_type:varchar
            character_maximum_length:int4 character_octet_length:int4 character_set_catalog:name character_set_schema:name character_set_name:name collation_catalog:name
            collation_schema:name collation_name:name numeric_precision:int4 numeric_precision_radix:int4 numeric_scale:int4 datetime_precision:int4 interval_type:varchar
            interval_precision:int4 attribute_udt_catalog:name attribute_udt_schema:name attribute_udt_name:name scope_catalog:name scope_schema:name scope_name:name maximum_cardinality:int4
            dtd_identifier:name is_derived_reference_attribute:varchar
        check_constraint_routine_usage 13255 v
            constraint_catalog:name constraint_schema:name constraint_name:name specific_catalog:name specific_schema:name specific_name:name
        column_options 13503 v
            table_catalog:name table_schema:name table_name:name column_name:name option_name:name option_value:varchar
        column_udt_usage 13290 v
            udt_catalog:name udt_schema:name udt_name:name table_catalog:name table_schema:name table_name:name column_name:name
        domain_udt_usage 13315 v
            udt_catalog:name udt_schema:name udt_name:name domain_catalog:name domain_schema:name domain_name:name
        foreign_data_wrapper_options 13511 v
            foreign_data_wrapper_catalog:name foreign_data_wrapper_name:name option_name:name option_value:varchar
        foreign_data_wrappers 13515 v
            foreign_data_wrapper_catalog:name foreign_data_wrapper_name:name authorization_identifier:name library_name:varchar foreign_data_wrapper_language:varchar
        foreign_server_options 13524 v
            foreign_server_catalog:name foreign_server_name:name option_name:name option_value:varchar
        foreign_servers 13528 v
            foreign_server_catalog:name foreign_server_name:name foreign_data_wrapper_catalog:name foreign_data_wrapper_name:name foreign_server_type:varchar foreign_server_version:varchar
            authorization_identifier:name
        foreign_table_options 13537 v
            foreign_table_catalog:name foreign_table_schema:name foreign_table_name:name option_name:name option_value:varchar
        foreign_tables 13541 v
            foreign_table_catalog:name foreign_table_schema:name foreign_table_name:name foreign_server_catalog:name foreign_server_name:name
        routine_column_usage 13348 v
            specific_catalog:name specific_schema:name specific_name:name routine_catalog:name routine_schema:name routine_name:name table_catalog:name table_schema:name table_name:name
            column_name:name
        routine_routine_usage 13362 v
            specific_catalog:name specific_schema:name specific_name:name routine_catalog:name routine_schema:name routine_name:name
        routine_sequence_usage 13367 v
            specific_catalog:name specific_schema:name specific_name:name routine_catalog:name routine_schema:name routine_name:name sequence_catalog:name sequence_schema:name
            sequence_name:name
        routine_table_usage 13372 v
            specific_catalog:name specific_schema:name specific_name:name routine_catalog:name routine_schema:name routine_name:name table_catalog:name table_schema:name table_name:name
        transforms 13430 v
            udt_catalog:name udt_schema:name udt_name:name specific_catalog:name specific_schema:name specific_name:name group_name:name transform_type:varchar
        user_mapping_options 13550 v
            authorization_identifier:name foreign_server_catalog:name foreign_server_name:name option_name:name option_value:varchar
        user_mappings 13555 v
            authorization_identifier:name foreign_server_catalog:name foreign_server_name:name
        view_routine_usage 13473 v
            table_catalog:name table_schema:name table_name:name specific_catalog:name specific_schema:name specific_name:name
        """;
}
