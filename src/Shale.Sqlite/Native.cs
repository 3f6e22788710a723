using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// The functions of sqlite3.h, under their own names. Those that only look at memory skip the switch of the garbage collector's mode.
/// The variadic ones are called with integers and pointers only, which every Linux ABI passes like fixed arguments.
/// </summary>
internal static unsafe partial class Native
{
    public const string Library = "sqlite3";

    [LibraryImport(Library)]
    internal static partial int sqlite3_libversion_number();

    [LibraryImport(Library)]
    internal static partial int sqlite3_config(int option, int value);

    [LibraryImport(Library)]
    internal static partial int sqlite3_open_v2(byte* path, nint* db, int flags, byte* vfs);

    [LibraryImport(Library)]
    internal static partial int sqlite3_close_v2(nint db);

    [LibraryImport(Library)]
    internal static partial NativeVfs* sqlite3_vfs_find(byte* name);

    [LibraryImport(Library)]
    internal static partial int sqlite3_vfs_register(NativeVfs* vfs, int makeDefault);

    [LibraryImport(Library)]
    internal static partial int sqlite3_txn_state(nint db, byte* database);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_uri_parameter(byte* path, byte* name);

    [LibraryImport(Library)]
    internal static partial void sqlite3_progress_handler(nint db, int operations, delegate* unmanaged[Cdecl]<nint, int> callback, nint data);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_rollback_hook(nint db, delegate* unmanaged[Cdecl]<nint, void> callback, nint data);

    [LibraryImport(Library)]
    internal static partial int sqlite3_db_config(nint db, int option, int value, int* result);

    [LibraryImport(Library)]
    internal static partial int sqlite3_test_control(int operation, nint db, int value);

    [LibraryImport(Library)]
    internal static partial int sqlite3_limit(nint db, int id, int value);

    [LibraryImport(Library)]
    internal static partial int sqlite3_busy_timeout(nint db, int milliseconds);

    [LibraryImport(Library)]
    internal static partial void sqlite3_interrupt(nint db);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_errmsg(nint db);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_errstr(int code);

    [LibraryImport(Library)]
    internal static partial int sqlite3_extended_errcode(nint db);

    [LibraryImport(Library)]
    internal static partial int sqlite3_error_offset(nint db);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_changes64(nint db);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_total_changes64(nint db);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_last_insert_rowid(nint db);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void sqlite3_set_last_insert_rowid(nint db, long rowId);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_db_status(nint db, int operation, int* current, int* highest, int reset);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_get_autocommit(nint db);

    [LibraryImport(Library)]
    internal static partial int sqlite3_prepare_v3(nint db, byte* sql, int length, uint flags, nint* statement, byte** tail);

    [LibraryImport(Library)]
    internal static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_clear_bindings(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_stmt_readonly(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_stmt_isexplain(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_stmt_status(nint statement, int counter, int reset);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_parameter_count(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_null(nint statement, int index);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_double(nint statement, int index, double value);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_text64(nint statement, int index, byte* value, ulong length, nint destructor, byte encoding);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_blob64(nint statement, int index, byte* value, ulong length, nint destructor);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_zeroblob(nint statement, int index, int length);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_column_count(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial double sqlite3_column_double(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_text(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_column_bytes(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_name(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_decltype(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_database_name(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_table_name(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_origin_name(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial int sqlite3_set_authorizer(
        nint db, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, int> callback, nint data);

    [LibraryImport(Library)]
    internal static partial int sqlite3_create_function_v2(
        nint db, byte* name, int args, int flags, nint data, delegate* unmanaged[Cdecl]<nint, int, nint*, void> function, nint step, nint final,
        nint destroy);

    [LibraryImport(Library)]
    internal static partial int sqlite3_create_window_function(
        nint db, byte* name, int args, int flags, nint data, delegate* unmanaged[Cdecl]<nint, int, nint*, void> step,
        delegate* unmanaged[Cdecl]<nint, void> final, delegate* unmanaged[Cdecl]<nint, void> value,
        delegate* unmanaged[Cdecl]<nint, int, nint*, void> inverse, nint destroy);

    [LibraryImport(Library)]
    internal static partial int sqlite3_create_collation_v2(
        nint db, byte* name, int encoding, nint data, delegate* unmanaged[Cdecl]<nint, int, byte*, int, byte*, int> compare, nint destroy);

    [LibraryImport(Library)]
    internal static partial int sqlite3_create_module_v2(nint db, byte* name, void* module, nint data, nint destroy);

    [LibraryImport(Library)]
    internal static partial int sqlite3_declare_vtab(nint db, byte* sql);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_vtab_collation(IndexInfo* info, int constraint);

    [LibraryImport(Library)]
    internal static partial int sqlite3_table_column_metadata(nint db, byte* database, byte* table, byte* column, byte** type, byte** collation, int* notNull, int* primaryKey, int* autoIncrement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_vtab_config(nint db, int option, int value);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_malloc64(ulong bytes);

    [LibraryImport(Library)]
    internal static partial void sqlite3_free(nint memory);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial nint sqlite3_user_data(nint context);

    [LibraryImport(Library)]
    internal static partial nint* sqlite3_aggregate_context(nint context, int bytes);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_value_type(nint value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_value_int64(nint value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial double sqlite3_value_double(nint value);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_value_text(nint value);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_value_blob(nint value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_value_bytes(nint value);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_column_value(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_preupdate_hook(nint db, delegate* unmanaged[Cdecl]<nint, nint, int, byte*, byte*, long, long, void> callback, nint data);

    // The first of a row may read pages, and so call back.
    [LibraryImport(Library)]
    internal static partial int sqlite3_preupdate_old(nint db, int column, nint* value);

    [LibraryImport(Library, EntryPoint = "sqlite3_preupdate_old"), SuppressGCTransition]
    internal static partial int sqlite3_preupdate_old_next(nint db, int column, nint* value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_preupdate_new(nint db, int column, nint* value);

    // Neither calls back: of a text without another encoding to be converted to, they are a look at memory.
    [LibraryImport(Library, EntryPoint = "sqlite3_value_blob"), SuppressGCTransition]
    internal static partial byte* sqlite3_value_blob_here(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_text"), SuppressGCTransition]
    internal static partial byte* sqlite3_value_text_here(nint value);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_null(nint context);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_int64(nint context, long value);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_double(nint context, double value);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_text64(nint context, byte* value, ulong length, nint destructor, byte encoding);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_blob64(nint context, byte* value, ulong length, nint destructor);

    [LibraryImport(Library)]
    internal static partial void sqlite3_result_error(nint context, byte* message, int length);
}
