namespace Shale.Sql;

/// <summary>
/// PostgreSQL's functions over its catalog, as <see cref="PostgresFunctionList"/> lists functions; behind <c>:=</c> stands the expression of SQLite that is the call, over the
/// catalog's tables and two of ours beside them: <c>shale_text</c> (what is known by kind and number) and <c>shale_name</c> (numbers by kind and name). Their aliases are ones that no statement has: arguments stand inside.
/// </summary>
internal static class CatalogFunctionList
{
    /// <summary>The name of the type of a number, ?1, with a modifier, ?2; NULL for none. Types of rows are tables' and views'.</summary>
    public const string TypeName = "coalesce(nullif(shale_format_type(?1, ?2), '???'), (SELECT shale_r.text FROM pg_catalog.shale_rowtype shale_r WHERE shale_r.oid = ?1 LIMIT 1))";

    /// <summary>The number of the type that a text names; NULL for none.</summary>
    public const string TypeOid = "coalesce(shale_to_regtype(?1), (SELECT shale_r.oid FROM pg_catalog.shale_rowtype shale_r WHERE shale_r.name = shale_reg_name(?1)))";

    public const string Text = $$"""
        s format_type(oid,int4) text := coalesce({{TypeName}}, CASE WHEN ?1 IS NOT NULL THEN '???' END)
        s pg_get_expr(text,oid) text := CASE instr(?1, char(1)) WHEN 0 THEN ?1 ELSE substr(?1, 1, instr(?1, char(1)) - 1) END
        s pg_get_expr(text,oid,bool) text := CASE WHEN ?3 THEN substr(?1, instr(?1, char(1)) + 1) WHEN instr(?1, char(1)) = 0 THEN ?1 ELSE substr(?1, 1, instr(?1, char(1)) - 1) END
        s pg_get_constraintdef(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'constraint' AND shale_s.oid = ?1 AND shale_s.sub = 0)
        s pg_get_constraintdef(oid,bool) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'constraint' AND shale_s.oid = ?1 AND shale_s.sub = ?2)
        s pg_get_indexdef(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'index' AND shale_s.oid = ?1 AND shale_s.sub = 0)
        s pg_get_indexdef(oid,int4,bool) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = CASE WHEN ?2 = 0 THEN 'index' ELSE 'indexcolumn' END AND shale_s.oid = ?1 AND shale_s.sub = CASE WHEN ?2 = 0 THEN ?3 ELSE ?2 END)
        s pg_get_viewdef(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'view' AND shale_s.oid = ?1)
        s pg_get_viewdef(oid,bool) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'view' AND shale_s.oid = ?1)
        s pg_get_viewdef(text) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'view' AND shale_s.oid = shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?1)), 'class'))
        s pg_get_viewdef(text,bool) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'view' AND shale_s.oid = shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?1)), 'class'))
        s pg_get_viewdef(oid,int4) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'view' AND shale_s.oid = ?1)
        s pg_get_triggerdef(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'trigger' AND shale_s.oid = ?1)
        s pg_get_triggerdef(oid,bool) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'trigger' AND shale_s.oid = ?1)
        s pg_get_ruledef(oid) text := NULL
        s pg_get_ruledef(oid,bool) text := NULL
        s pg_get_partkeydef(oid) text := NULL
        s pg_get_partition_constraintdef(oid) text := NULL
        s pg_get_statisticsobjdef(oid) text := NULL
        s pg_get_statisticsobjdef_columns(oid) text := NULL
        s pg_get_function_arguments(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'arguments' AND shale_s.oid = ?1)
        s pg_get_function_identity_arguments(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'arguments' AND shale_s.oid = ?1)
        s pg_get_function_result(oid) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'result' AND shale_s.oid = ?1)
        s pg_get_function_sqlbody(oid) text := NULL
        s pg_get_userbyid(oid) text := coalesce((SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'role' AND shale_s.oid = ?1), 'unknown (OID=' || ?1 || ')')
        s pg_get_serial_sequence(text,text) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s JOIN pg_catalog.pg_attribute shale_a ON shale_a.attrelid = shale_s.oid AND shale_a.attnum = shale_s.sub WHERE shale_s.kind = 'serial' AND shale_a.attname = ?2 AND shale_s.oid = shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?1)), 'class'))
        s pg_sequence_last_value(regclass) int8 := NULL
        s pg_table_is_visible(oid) bool := (SELECT shale_s.sub FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'class' AND shale_s.oid = ?1)
        s pg_type_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_function_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_operator_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_opclass_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_opfamily_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_collation_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_conversion_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_statistics_obj_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_ts_config_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_ts_dict_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_ts_parser_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_ts_template_is_visible(oid) bool := CASE WHEN ?1 IS NOT NULL THEN 1 END
        s pg_relation_is_publishable(regclass) bool := (SELECT shale_c.relkind = 'r' FROM pg_catalog.pg_class shale_c WHERE shale_c.oid = ?1)
        s pg_relation_is_updatable(regclass,bool) int4 := (SELECT CASE shale_c.relkind WHEN 'r' THEN 28 ELSE 0 END FROM pg_catalog.pg_class shale_c WHERE shale_c.oid = ?1)
        s pg_column_is_updatable(regclass,int2,bool) bool := (SELECT shale_c.relkind = 'r' AND ?2 > 0 FROM pg_catalog.pg_class shale_c WHERE shale_c.oid = ?1)
        s pg_indexam_has_property(oid,text) bool := CASE WHEN ?1 = 403 THEN ?2 IN ('can_order', 'can_unique', 'can_multi_col', 'can_exclude', 'can_include') END
        s pg_index_has_property(regclass,text) bool := CASE WHEN ?2 IN ('clusterable', 'index_scan', 'bitmap_scan', 'backward_scan') THEN 1 END
        t pg_partition_ancestors(regclass) regclass =no_rows
        t pg_options_to_table(text[]) record =no_rows
        t aclexplode(text[]) record =no_rows
        t generate_subscripts(anyarray,int4) int4
        t generate_subscripts(anyarray,int4,bool) int4
        s to_regclass(text) regclass := (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?1))
        s to_regproc(text) regproc := (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'proc' AND shale_n.name = shale_reg_name(?1))
        s to_regnamespace(text) regnamespace := (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'namespace' AND shale_n.name = shale_reg_name(?1))
        s to_regtype(text) regtype := {{TypeOid}}
        s to_regprocedure(text) regprocedure := (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'procedure' AND shale_n.name = replace(replace(lower(?1), ' ', ''), 'pg_catalog.', ''))
        s to_regrole(text) regrole := (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'role' AND shale_n.name = shale_reg_name(?1))
        s pg_identify_object(oid,oid,int4) record := coalesce((SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'object' || ?1 AND shale_s.oid = ?2 AND shale_s.sub = ?3), CASE ?1 WHEN 1259 THEN '["relation"]' WHEN 1247 THEN '["type"]' WHEN 1255 THEN '["routine"]' WHEN 2604 THEN '["default value"]' WHEN 2606 THEN '["constraint"]' WHEN 2615 THEN '["schema"]' ELSE '[]' END)
        s pg_describe_object(oid,oid,int4) text := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'description' || ?1 AND shale_s.oid = ?2 AND shale_s.sub = ?3)
        s pg_index_column_has_property(regclass,int4,text) bool := (SELECT CASE WHEN ?3 = 'orderable' THEN shale_s.text <> '-' WHEN ?3 = 'distance_orderable' THEN 0 WHEN ?3 = 'returnable' THEN 1 WHEN shale_s.text = '-' THEN NULL WHEN ?3 = 'asc' THEN shale_s.text LIKE 'a%' WHEN ?3 = 'desc' THEN shale_s.text LIKE 'd%' WHEN ?3 = 'nulls_first' THEN shale_s.text LIKE '%f' WHEN ?3 = 'nulls_last' THEN shale_s.text LIKE '%l' WHEN ?3 IN ('search_array', 'search_nulls') THEN 1 END FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'indexorder' AND shale_s.oid = ?1 AND shale_s.sub = ?2)
        s obj_description(oid,text) text := (SELECT shale_d.description FROM pg_catalog.pg_description shale_d WHERE shale_d.objoid = ?1 AND shale_d.objsubid = 0 AND shale_d.classoid = (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?2)))
        s obj_description(oid) text := (SELECT shale_d.description FROM pg_catalog.pg_description shale_d WHERE shale_d.objoid = ?1 AND shale_d.objsubid = 0)
        s shobj_description(oid,text) text := (SELECT shale_d.description FROM pg_catalog.pg_shdescription shale_d WHERE shale_d.objoid = ?1 AND shale_d.classoid = (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?2)))
        s col_description(oid,int4) text := (SELECT shale_d.description FROM pg_catalog.pg_description shale_d WHERE shale_d.objoid = ?1 AND shale_d.objsubid = ?2 AND shale_d.objsubid <> 0)
        s pg_relation_size(regclass) int8 := (SELECT shale_z.own FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'class' AND shale_z.oid = ?1)
        s pg_relation_size(regclass,text) int8 := CASE ?2 WHEN 'main' THEN (SELECT shale_z.own FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'class' AND shale_z.oid = ?1) ELSE 0 END
        s pg_table_size(regclass) int8 := (SELECT shale_z.own FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'class' AND shale_z.oid = ?1)
        s pg_total_relation_size(regclass) int8 := (SELECT shale_z.own + shale_z.indexes FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'class' AND shale_z.oid = ?1)
        s pg_indexes_size(regclass) int8 := (SELECT shale_z.indexes FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'class' AND shale_z.oid = ?1)
        s pg_database_size(oid) int8 := (SELECT shale_z.own FROM pg_catalog.shale_size shale_z WHERE shale_z.kind = 'database' AND shale_z.oid = ?1)
        s pg_database_size(text) int8 := (SELECT shale_z.own FROM pg_catalog.shale_size shale_z JOIN pg_catalog.pg_database shale_b ON shale_b.oid = shale_z.oid WHERE shale_z.kind = 'database' AND shale_b.datname = ?1)
        s pg_stat_get_numscans(oid) int8 := NULL
        s pg_tablespace_size(oid) int8 := NULL
        s pg_tablespace_location(oid) text := ''
        s pg_size_pretty(int8) text
        s pg_encoding_to_char(int4) text := CASE ?1 WHEN 6 THEN 'UTF8' WHEN 0 THEN 'SQL_ASCII' ELSE '' END
        s pg_char_to_encoding(text) int4 := CASE lower(?1) WHEN 'utf8' THEN 6 WHEN 'utf-8' THEN 6 WHEN 'sql_ascii' THEN 0 ELSE -1 END
        s pg_client_encoding() text := 'UTF8'
        s getdatabaseencoding() text := 'UTF8'
        s current_schemas(bool) text[] := (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = 'searched' AND shale_s.sub = ?1)
        s pg_my_temp_schema() oid := 0
        s pg_is_other_temp_schema(oid) bool := 0
        s pg_is_in_recovery() bool := 0
        s pg_is_wal_replay_paused() bool := 0
        s pg_blocking_pids(int4) int4[] := CASE WHEN ?1 IS NOT NULL THEN '{}' END
        s pg_get_functiondef(oid) text := NULL
        s age(oid) int4 := CASE WHEN ?1 IS NOT NULL THEN 2147483647 END
        s oidvectortypes(oid[]) text := (SELECT coalesce(group_concat(shale_format_type(shale_e.value, NULL), ', '), '') FROM json_each(shale_array_json(?1, 'oid')) shale_e)
        s pg_postmaster_start_time() timestamptz
        s inet_server_port() int4 := NULL
        s inet_client_port() int4 := NULL
        s pg_advisory_unlock_all() text := ''
        s row_security_active(oid) bool := 0
        s current_setting(text) text := shale_setting(?1, (SELECT shale_s.setting FROM pg_catalog.pg_settings shale_s WHERE shale_s.name = lower(?1)), 0)
        s current_setting(text,bool) text := shale_setting(?1, (SELECT shale_s.setting FROM pg_catalog.pg_settings shale_s WHERE shale_s.name = lower(?1)), ?2)
        v set_config(text,text,bool) text
        s acldefault(text,oid) text[] := NULL
        s pg_has_role(oid,text) bool := 1
        s pg_has_role(text,text) bool := 1
        s pg_has_role(text,oid,text) bool := 1
        s pg_has_role(text,text,text) bool := 1
        s has_table_privilege(oid,text) bool := 1
        s has_table_privilege(text,text) bool := shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?1)), 'class') IS NOT NULL
        s has_table_privilege(text,oid,text) bool := 1
        s has_table_privilege(text,text,text) bool := shale_reg_oid(?2, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'class' AND shale_n.name = shale_reg_name(?2)), 'class') IS NOT NULL
        s has_sequence_privilege(oid,text) bool := 1
        s has_sequence_privilege(text,text) bool := 1
        s has_any_column_privilege(oid,text) bool := 1
        s has_any_column_privilege(text,text) bool := 1
        s has_column_privilege(oid,int2,text) bool := 1
        s has_column_privilege(oid,text,text) bool := 1
        s has_column_privilege(text,text,text) bool := 1
        s has_schema_privilege(oid,text) bool := 1
        s has_schema_privilege(text,text) bool := 1
        s has_schema_privilege(text,oid,text) bool := 1
        s has_schema_privilege(text,text,text) bool := 1
        s has_database_privilege(oid,text) bool := 1
        s has_database_privilege(text,text) bool := 1
        s has_database_privilege(text,text,text) bool := 1
        s has_function_privilege(oid,text) bool := 1
        s has_function_privilege(text,text) bool := 1
        s has_type_privilege(oid,text) bool := 1
        s has_type_privilege(text,text) bool := 1
        s has_tablespace_privilege(oid,text) bool := 1
        s has_language_privilege(oid,text) bool := 1
        """;
}
