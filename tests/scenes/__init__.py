"""Labs of scenes: read strictly, played, judged, told; and the one that ships."""
