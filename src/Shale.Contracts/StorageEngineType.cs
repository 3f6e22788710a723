using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>What a shard stores its rows in; the wire names are postgres and sqlite.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StorageEngineType>))]
public enum StorageEngineType
{
    /// <summary>PostgreSQL.</summary>
    [JsonStringEnumMemberName("postgres")]
    Postgres,

    /// <summary>SQLite.</summary>
    [JsonStringEnumMemberName("sqlite")]
    Sqlite,
}
