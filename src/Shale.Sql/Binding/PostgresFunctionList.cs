namespace Shale.Sql;

/// <summary>
/// PostgreSQL's functions, one line each: kind, signature, result, and what stands for it on SQLite. Kinds: f immutable, s stable, v volatile,
/// a aggregate, w window, t set. The last word: missing for <c>shale_</c> and the name, <c>~f</c> for SQLite's own f, <c>=f</c> for shale_f,
/// <c>*</c> for a form of the translator's own, <c>!</c> for none: typed here, refused there.
/// </summary>
internal static class PostgresFunctionList
{
    /// <summary>Functions that PostgreSQL has and that are refused by name, whatever their arguments.</summary>
    public static readonly System.Collections.Frozen.FrozenSet<string> NotBuilt = System.Collections.Frozen.FrozenSet.ToFrozenSet("""
        array_fill array_larger bit_count box center circle convert convert_from convert_to current_query cursor_to_xml daterange
        diameter enum_first enum_last enum_range get_bit get_byte height inet_client_addr inet_server_addr int4multirange
        int4range int8range isclosed isempty isopen json_object json_populate_record json_populate_recordset json_strip_nulls json_to_record json_to_recordset
        jsonb_object jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_populate_record
        jsonb_populate_recordset jsonb_set_lax jsonb_to_record jsonb_to_recordset lower_inc lower_inf lseg macaddr8_set7bit normalize
        npoints numrange parse_ident path pclose pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_backend_pid pg_cancel_backend pg_column_size
        pg_advisory_lock_shared pg_advisory_unlock_shared pg_advisory_xact_lock_shared pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared
        pg_terminate_backend pg_try_advisory_lock phraseto_tsquery plainto_tsquery point polygon popen querytree range_agg
        range_merge regexp_instr regr_avgx regr_avgy regr_sxx regr_sxy regr_syy set_bit set_byte setseed setweight sha224 sha384
        slope strip suppress_redundant_updates_trigger timeofday to_ascii to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd
        tsquery_phrase tsrange tstzrange txid_current unistr upper_inc upper_inf websearch_to_tsquery width xmlagg xmlcomment xpath
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public const string Text = """
        f abs(int2) int2 =abs_int2
        f abs(int4) int4 =abs_int4
        f abs(int8) int8 =abs_int8
        f abs(numeric) numeric =abs_numeric
        f abs(float4) float4 ~abs
        f abs(float8) float8 ~abs
        f ceil(numeric) numeric =ceil_numeric
        f ceil(float8) float8 =ceil_float8
        f ceiling(numeric) numeric =ceil_numeric
        f ceiling(float8) float8 =ceil_float8
        f floor(numeric) numeric =floor_numeric
        f floor(float8) float8 =floor_float8
        f round(numeric) numeric =round_numeric
        f round(numeric,int4) numeric =round_numeric
        f round(float8) float8 =round_float8
        f trunc(numeric) numeric =trunc_numeric
        f trunc(numeric,int4) numeric =trunc_numeric
        f trunc(float8) float8 =trunc_float8
        f power(float8,float8) float8 =power
        f power(numeric,numeric) numeric =power_numeric
        f pow(float8,float8) float8 =power
        f pow(numeric,numeric) numeric =power_numeric
        f sqrt(float8) float8 =sqrt
        f sqrt(numeric) numeric =sqrt_numeric
        f cbrt(float8) float8
        f exp(float8) float8 =exp
        f exp(numeric) numeric =exp_numeric
        f ln(float8) float8 =ln
        f ln(numeric) numeric =ln_numeric
        f log(float8) float8 =log10
        f log(numeric) numeric =log10_numeric
        f log(numeric,numeric) numeric =log_numeric
        f log10(float8) float8 =log10
        f log10(numeric) numeric =log10_numeric
        f sign(numeric) numeric =sign_numeric
        f sign(float8) float8 =sign_float8
        f mod(int2,int2) int2 =mod_int2
        f mod(int4,int4) int4 =mod_int4
        f mod(int8,int8) int8 =mod_int8
        f mod(numeric,numeric) numeric =mod_numeric
        f div(numeric,numeric) numeric =div
        f gcd(int4,int4) int4 =gcd_int4
        f gcd(int8,int8) int8 =gcd_int8
        f lcm(int4,int4) int4 =lcm_int4
        f lcm(int8,int8) int8 =lcm_int8
        f gcd(numeric,numeric) numeric =gcd_numeric
        f lcm(numeric,numeric) numeric =lcm_numeric
        f factorial(int8) numeric
        f pi() float8
        f radians(float8) float8
        f degrees(float8) float8
        f sin(float8) float8
        f cos(float8) float8
        f tan(float8) float8
        f cot(float8) float8
        f asin(float8) float8
        f acos(float8) float8
        f atan(float8) float8
        f atan2(float8,float8) float8
        f sinh(float8) float8
        f cosh(float8) float8
        f tanh(float8) float8
        f width_bucket(float8,float8,float8,int4) int4
        f width_bucket(numeric,numeric,numeric,int4) int4 =width_bucket_numeric
        v random() float8
        f length(text) int4
        f length(bytea) int4 ~length
        f char_length(text) int4 =length
        f character_length(text) int4 =length
        f octet_length(text) int4
        f octet_length(char) int4
        f octet_length(bytea) int4 ~length
        f bit_length(text) int4
        f lower(text) text
        f upper(text) text
        f initcap(text) text
        f substring(text,int4) text =substr
        f substring(text,int4,int4) text =substr
        f substring(text,text) text =substring_regex
        f substring(bytea,int4) bytea =substr_bytea
        f substring(bytea,int4,int4) bytea =substr_bytea
        f substr(text,int4) text =substr
        f substr(text,int4,int4) text =substr
        f substr(bytea,int4) bytea =substr_bytea
        f substr(bytea,int4,int4) bytea =substr_bytea
        f position(text,text) int4 =strpos
        f strpos(text,text) int4
        f left(text,int4) text
        f right(text,int4) text
        f lpad(text,int4) text
        f lpad(text,int4,text) text
        f rpad(text,int4) text
        f rpad(text,int4,text) text
        f btrim(text) text
        f btrim(text,text) text
        f ltrim(text) text
        f ltrim(text,text) text
        f rtrim(text) text
        f rtrim(text,text) text
        f replace(text,text,text) text
        f split_part(text,text,int4) text
        f repeat(text,int4) text
        f reverse(text) text
        s concat(any...) text *
        s concat_ws(text,any...) text *
        s format(text,any...) text *
        s format(text) text *
        f md5(text) text
        f md5(bytea) text
        f sha256(bytea) bytea
        f sha512(bytea) bytea
        f hashtext(text) int4
        f hashtextextended(text,int8) int8
        f ascii(text) int4
        f chr(int4) text
        f translate(text,text,text) text
        f regexp_replace(text,text,text) text
        f regexp_replace(text,text,text,text) text
        f regexp_like(text,text) bool
        f regexp_like(text,text,text) bool
        f regexp_count(text,text) int4
        f regexp_count(text,text,int4) int4
        f regexp_substr(text,text) text
        f starts_with(text,text) bool
        f overlay(text,text,int4) text
        f overlay(text,text,int4,int4) text
        f encode(bytea,text) text
        f decode(text,text) bytea
        f quote_literal(text) text
        f quote_nullable(text) text
        f quote_ident(text) text
        f to_hex(int4) text =to_hex_int4
        f to_hex(int8) text =to_hex_int8
        t string_to_table(text,text) text
        s now() timestamptz *
        s transaction_timestamp() timestamptz *
        s statement_timestamp() timestamptz *
        v clock_timestamp() timestamptz
        s current_timestamp() timestamptz *
        s current_timestamp(int4) timestamptz *
        s localtimestamp() timestamp *
        s localtimestamp(int4) timestamp *
        s current_date() date *
        s current_time() timetz *
        s localtime() time *
        f age(timestamp,timestamp) interval
        f age(timestamptz,timestamptz) interval
        s age(timestamp) interval *
        s age(timestamptz) interval *
        f date_part(text,timestamp) float8
        f date_part(text,timestamptz) float8
        f date_part(text,date) float8
        f date_part(text,time) float8 =date_part_time
        f date_part(text,interval) float8 =date_part_interval
        f date_trunc(text,timestamp) timestamp
        f date_trunc(text,timestamptz) timestamptz
        f date_trunc(text,interval) interval =date_trunc_interval
        f date_bin(interval,timestamp,timestamp) timestamp
        f date_bin(interval,timestamptz,timestamptz) timestamptz
        f asinh(float8) float8
        f acosh(float8) float8
        f atanh(float8) float8
        f sind(float8) float8
        f cosd(float8) float8
        f tand(float8) float8
        f cotd(float8) float8
        f asind(float8) float8
        f acosd(float8) float8
        f atand(float8) float8
        f atan2d(float8,float8) float8
        f scale(numeric) int4 =scale_numeric
        f min_scale(numeric) int4
        f trim_scale(numeric) numeric
        f overlaps(timestamp,timestamp,timestamp,timestamp) bool
        f overlaps(timestamp,interval,timestamp,interval) bool =overlaps_ii
        f overlaps(timestamp,interval,timestamp,timestamp) bool =overlaps_it
        f overlaps(timestamp,timestamp,timestamp,interval) bool =overlaps_ti
        f overlaps(timestamptz,timestamptz,timestamptz,timestamptz) bool
        f overlaps(timestamptz,interval,timestamptz,interval) bool =overlaps_ii
        f overlaps(timestamptz,interval,timestamptz,timestamptz) bool =overlaps_it
        f overlaps(timestamptz,timestamptz,timestamptz,interval) bool =overlaps_ti
        f overlaps(time,time,time,time) bool
        f date_trunc(text,timestamptz,text) timestamptz =date_trunc_zone
        f make_timestamptz(int4,int4,int4,int4,int4,float8,text) timestamptz =make_timestamptz_zone
        f make_date(int4,int4,int4) date
        f make_time(int4,int4,float8) time
        f make_timestamp(int4,int4,int4,int4,int4,float8) timestamp
        f make_timestamptz(int4,int4,int4,int4,int4,float8) timestamptz
        f make_interval() interval
        f make_interval(int4) interval
        f make_interval(int4,int4) interval
        f make_interval(int4,int4,int4) interval
        f make_interval(int4,int4,int4,int4) interval
        f make_interval(int4,int4,int4,int4,int4) interval
        f make_interval(int4,int4,int4,int4,int4,int4) interval
        f make_interval(int4,int4,int4,int4,int4,int4,float8) interval
        f to_timestamp(float8) timestamptz =to_timestamp_epoch
        s to_timestamp(text,text) timestamptz
        f to_date(text,text) date
        f to_char(timestamp,text) text =to_char_timestamp
        s to_char(timestamptz,text) text =to_char_timestamp
        f to_char(interval,text) text =to_char_interval
        f to_char(int4,text) text =to_char_number
        f to_char(int8,text) text =to_char_number
        f to_char(numeric,text) text =to_char_number
        f to_char(float8,text) text =to_char_number
        f to_char(float4,text) text =to_char_number
        f to_number(text,text) numeric
        f justify_days(interval) interval
        f justify_hours(interval) interval
        f justify_interval(interval) interval
        f isfinite(date) bool
        f isfinite(timestamp) bool
        f isfinite(timestamptz) bool
        f timezone(text,timestamp) timestamptz =timestamp_at_zone
        f timezone(text,timestamptz) timestamp =timestamptz_at_zone
        v gen_random_uuid() uuid
        f abbrev(inet) text =abbrev_inet
        f abbrev(cidr) text =abbrev_cidr
        f broadcast(inet) inet
        f family(inet) int4
        f host(inet) text
        f hostmask(inet) inet
        f masklen(inet) int4
        f netmask(inet) inet
        f network(inet) cidr
        f set_masklen(inet,int4) inet =set_masklen_inet
        f set_masklen(cidr,int4) cidr =set_masklen_cidr
        f inet_same_family(inet,inet) bool
        f inet_merge(inet,inet) cidr
        f trunc(macaddr) macaddr =trunc_macaddr
        v nextval(text) int8 !
        v currval(text) int8 !
        v lastval() int8 !
        v setval(text,int8) int8 !
        v setval(text,int8,bool) int8 !
        v shale_sequence(text,text) int8 !
        s txid_current_if_assigned() int8 !
        s pg_current_xact_id() int8 !
        s pg_current_xact_id_if_assigned() int8 !
        s version() text *
        s current_database() text *
        s current_schema() text *
        s current_user() text *
        s session_user() text *
        s user() text *
        s current_role() text *
        s current_catalog() text *
        v pg_sleep(float8) text !
        s pg_typeof(any) text *
        f num_nulls(any...) int4 *
        f num_nonnulls(any...) int4 *
        f json_array_length(json) int4 =json_array_length
        f jsonb_array_length(jsonb) int4 =json_array_length
        f json_typeof(json) text =json_typeof
        f jsonb_typeof(jsonb) text =json_typeof
        f json_extract_path(json,text...) json =json_extract_path
        f jsonb_extract_path(jsonb,text...) jsonb =jsonb_extract_path
        f json_extract_path_text(json,text...) text =json_extract_path_text
        f jsonb_extract_path_text(jsonb,text...) text =json_extract_path_text
        s to_json(any) json *
        s to_jsonb(any) jsonb *
        s json_build_object() json *
        s jsonb_build_object() jsonb *
        s json_build_array() json *
        s jsonb_build_array() jsonb *
        s json_build_object(any...) json *
        s jsonb_build_object(any...) jsonb *
        s json_build_array(any...) json *
        s jsonb_build_array(any...) jsonb *
        f jsonb_set(jsonb,text[],jsonb) jsonb
        f jsonb_set(jsonb,text[],jsonb,bool) jsonb
        f jsonb_insert(jsonb,text[],jsonb) jsonb
        f jsonb_insert(jsonb,text[],jsonb,bool) jsonb
        f jsonb_strip_nulls(jsonb) jsonb
        f jsonb_pretty(jsonb) text
        s row_to_json(record) json !
        t generate_series(int4,int4) int4
        t generate_series(int4,int4,int4) int4
        t generate_series(int8,int8) int8
        t generate_series(int8,int8,int8) int8
        t generate_series(numeric,numeric) numeric =generate_series_numeric
        t generate_series(numeric,numeric,numeric) numeric =generate_series_numeric
        t generate_series(timestamp,timestamp,interval) timestamp =generate_series_timestamp
        t generate_series(timestamptz,timestamptz,interval) timestamptz =generate_series_timestamp
        f regexp_split_to_array(text,text) text[]
        f regexp_split_to_array(text,text,text) text[]
        f regexp_match(text,text) text[]
        f regexp_match(text,text,text) text[]
        f string_to_array(text,text) text[]
        f string_to_array(text,text,text) text[]
        f array_to_string(anyarray,text) text
        f array_to_string(anyarray,text,text) text
        f array_length(anyarray,int4) int4
        f array_upper(anyarray,int4) int4 =array_length
        f array_lower(anyarray,int4) int4
        f array_ndims(anyarray) int4
        f array_dims(anyarray) text
        f cardinality(anyarray) int4
        f array_append(anyarray,any) anyarray *
        f array_prepend(any,anyarray) anyarray *
        f array_cat(anyarray,anyarray) anyarray
        f array_remove(anyarray,any) anyarray *
        f array_replace(anyarray,any,any) anyarray *
        f array_position(anyarray,any) int4 *
        f array_positions(anyarray,any) int4[] *
        f array_to_json(anyarray) json *
        f trim_array(anyarray,int4) anyarray
        a array_agg(anyelement) anyarray *
        t regexp_matches(text,text) text[] =regexp_matches
        t regexp_matches(text,text,text) text[] =regexp_matches
        t regexp_split_to_table(text,text) text
        t regexp_split_to_table(text,text,text) text
        f jsonb_exists(jsonb,text) bool
        f jsonb_exists_any(jsonb,text[]) bool
        f jsonb_exists_all(jsonb,text[]) bool
        f jsonb_contains(jsonb,jsonb) bool
        f jsonb_contained(jsonb,jsonb) bool
        t unnest(anyarray) anyelement *
        t unnest(array,array...) record *
        t json_array_elements(json) json =json_array_elements
        t jsonb_array_elements(jsonb) jsonb =jsonb_array_elements
        t json_array_elements_text(json) text =json_array_elements_text
        t jsonb_array_elements_text(jsonb) text =json_array_elements_text
        t json_object_keys(json) text =json_object_keys
        t jsonb_object_keys(jsonb) text =json_object_keys
        t json_each(json) record =json_each
        t jsonb_each(jsonb) record =jsonb_each
        t json_each_text(json) record =json_each_text
        t jsonb_each_text(jsonb) record =json_each_text
        a count(any) int8 ~count
        a count() int8 ~count
        a sum(int2) int8 ~sum
        a sum(int4) int8 ~sum
        a sum(int8) numeric =sum_int8
        a sum(numeric) numeric =sum_numeric
        a sum(float4) float4 =sum_float4
        a sum(float8) float8 ~sum
        a sum(interval) interval
        a avg(int2) numeric =avg_int4
        a avg(int4) numeric =avg_int4
        a avg(int8) numeric =avg_int8
        a avg(numeric) numeric =avg_numeric
        a avg(float4) float8 ~avg
        a avg(float8) float8 ~avg
        a avg(interval) interval
        a min(int2) int2 ~min
        a min(int4) int4 ~min
        a min(int8) int8 ~min
        a min(oid) oid ~min
        a min(numeric) numeric ~min
        a min(float4) float4 ~min
        a min(float8) float8 ~min
        a min(text) text ~min
        a min(char) char ~min
        a min(date) date ~min
        a min(time) time ~min
        a min(timestamp) timestamp ~min
        a min(timestamptz) timestamptz ~min
        a min(interval) interval
        a min(inet) inet =min_inet
        a max(int2) int2 ~max
        a max(int4) int4 ~max
        a max(int8) int8 ~max
        a max(oid) oid ~max
        a max(numeric) numeric ~max
        a max(float4) float4 ~max
        a max(float8) float8 ~max
        a max(text) text ~max
        a max(char) char ~max
        a max(date) date ~max
        a max(time) time ~max
        a max(timestamp) timestamp ~max
        a max(timestamptz) timestamptz ~max
        a max(interval) interval
        a max(inet) inet =max_inet
        a bool_and(bool) bool ~min
        a bool_or(bool) bool ~max
        a every(bool) bool ~min
        a bit_and(int2) int2
        a bit_and(int4) int4
        a bit_and(int8) int8
        a bit_or(int2) int2
        a bit_or(int4) int4
        a bit_or(int8) int8
        a bit_xor(int2) int2
        a bit_xor(int4) int4
        a bit_xor(int8) int8
        a string_agg(text,text) text *
        a string_agg(bytea,bytea) bytea !
        a json_agg(any) json *
        a jsonb_agg(any) jsonb *
        a json_object_agg(any,any) json *
        a jsonb_object_agg(any,any) jsonb *
        a stddev(int2) numeric =stddev_samp_numeric
        a stddev(int4) numeric =stddev_samp_numeric
        a stddev(int8) numeric =stddev_samp_numeric
        a stddev(numeric) numeric =stddev_samp_numeric
        a stddev(float4) float8 =stddev_samp
        a stddev(float8) float8 =stddev_samp
        a stddev_samp(int2) numeric =stddev_samp_numeric
        a stddev_samp(int4) numeric =stddev_samp_numeric
        a stddev_samp(int8) numeric =stddev_samp_numeric
        a stddev_samp(numeric) numeric =stddev_samp_numeric
        a stddev_samp(float4) float8 =stddev_samp
        a stddev_samp(float8) float8 =stddev_samp
        a stddev_pop(int2) numeric =stddev_pop_numeric
        a stddev_pop(int4) numeric =stddev_pop_numeric
        a stddev_pop(int8) numeric =stddev_pop_numeric
        a stddev_pop(numeric) numeric =stddev_pop_numeric
        a stddev_pop(float4) float8 =stddev_pop
        a stddev_pop(float8) float8 =stddev_pop
        a variance(int2) numeric =var_samp_numeric
        a variance(int4) numeric =var_samp_numeric
        a variance(int8) numeric =var_samp_numeric
        a variance(numeric) numeric =var_samp_numeric
        a variance(float4) float8 =var_samp
        a variance(float8) float8 =var_samp
        a var_samp(int2) numeric =var_samp_numeric
        a var_samp(int4) numeric =var_samp_numeric
        a var_samp(int8) numeric =var_samp_numeric
        a var_samp(numeric) numeric =var_samp_numeric
        a var_samp(float4) float8 =var_samp
        a var_samp(float8) float8 =var_samp
        a var_pop(int2) numeric =var_pop_numeric
        a var_pop(int4) numeric =var_pop_numeric
        a var_pop(int8) numeric =var_pop_numeric
        a var_pop(numeric) numeric =var_pop_numeric
        a var_pop(float4) float8 =var_pop
        a var_pop(float8) float8 =var_pop
        a corr(float8,float8) float8
        a covar_pop(float8,float8) float8
        a covar_samp(float8,float8) float8
        a regr_slope(float8,float8) float8
        a regr_intercept(float8,float8) float8
        a regr_r2(float8,float8) float8
        a regr_count(float8,float8) int8
        a mode(anyelement) anyelement *
        a percentile_cont(float8,float8) float8 *
        a percentile_cont(float8,interval) interval *
        a percentile_disc(float8,anyelement) anyelement *
        a percentile_cont(float8[],float8) float8[] *
        a percentile_cont(float8[],interval) interval[] *
        a percentile_disc(float8[],anyelement) anyarray *
        w row_number() int8 ~row_number
        w rank() int8 ~rank
        w dense_rank() int8 ~dense_rank
        w percent_rank() float8 ~percent_rank
        w cume_dist() float8 ~cume_dist
        w ntile(int4) int4 ~ntile
        w lag(anyelement) anyelement ~lag
        w lag(anyelement,int4) anyelement ~lag
        w lag(anyelement,int4,anyelement) anyelement ~lag
        w lead(anyelement) anyelement ~lead
        w lead(anyelement,int4) anyelement ~lead
        w lead(anyelement,int4,anyelement) anyelement ~lead
        w first_value(anyelement) anyelement ~first_value
        w last_value(anyelement) anyelement ~last_value
        w nth_value(anyelement,int4) anyelement ~nth_value
        """;
}
