using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>PRAGMAs that would change how a database lies on the page log.</summary>
internal static unsafe class PagedPragmas
{
    /// <summary>Why the PRAGMA may not be, or null if it may.</summary>
    /// <param name="name">Its name, in UTF-8.</param>
    /// <param name="argument">What it sets, in UTF-8; null if it only asks.</param>
    /// <param name="isNew">Whether the connection could make the database's first page.</param>
    public static VitessException? Judge(byte* name, byte* argument, bool isNew)
    {
        if (argument == null) return null;
        var pragma = Utf8.ReadLossy(name).ToLowerInvariant();
        var value = Utf8.ReadLossy(argument).Trim().ToLowerInvariant();
        var isRefused = pragma switch
        {
            "journal_mode" => value != "memory",
            "page_size" => value != PageFormat.PageSize.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "mmap_size" => value != "0",
            "auto_vacuum" => !isNew,
            "locking_mode" => true,
            _ => false,
        };
        return isRefused
            ? new VitessException(ErrorCodes.QueryError, $"PRAGMA {pragma} = {value} is not possible: the database lives on a page log, which has its own way", sqlState: "0A000",
                hint: "Leave the pragma out; it only matters to plain files.")
            : null;
    }
}
